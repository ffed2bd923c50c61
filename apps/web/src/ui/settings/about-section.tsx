'use client';

import { useQuery } from '@tanstack/react-query';
import { BookOpen, FileJson } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { settingsQuery } from '../api/queries/settings.ts';
import { useSession } from '../api/use-session.ts';
import { useFormat } from '../language/use-format.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { FactList } from '../primitives/fact-list.tsx';
import { Panel } from '../primitives/panel.tsx';

export function AboutSection() {
  const t = useTranslations('settings.about');
  const format = useFormat();
  const user = useSession();
  // A viewer may not read the settings: what is told here of them is then left out.
  const { data: settings } = useQuery({ ...settingsQuery, enabled: user.role !== 'viewer' });
  return (
    <>
      <Panel title={t('title')}>
        <p className="max-w-[72ch] text-ink-muted">{t('body')}</p>
        <div className="mt-4 flex flex-wrap gap-2">
          <ButtonLink href="/docs/api" prefetch={false} icon={BookOpen}>
            {t('apiDocs')}
          </ButtonLink>
          <ButtonLink href="/api/v1/openapi.json" prefetch={false} icon={FileJson}>
            {t('openApi')}
          </ButtonLink>
        </div>
      </Panel>
      {settings !== undefined && (
        <Panel title={t('rules')}>
          <FactList
            facts={[
              { name: t('heartbeat'), value: format.duration(settings.heartbeatWindowMs / 1000) },
              { name: t('probes'), value: format.duration(settings.probeIntervalMs / 1000) },
              { name: t('window'), value: t('samples', { count: settings.speedWindow }) },
            ]}
          />
        </Panel>
      )}
    </>
  );
}
