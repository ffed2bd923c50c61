'use client';

import type { Overview } from '@breakwater/contract/resources';
import { ArchiveRestore, CircleAlert, CircleCheck, CircleHelp, ServerOff, ShieldAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useMay } from '../api/use-session.ts';
import { useFormat } from '../language/use-format.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { toneText } from '../primitives/tone.ts';
import { hasBackup, heroOf, type Worst } from './hero-sentence.ts';

function useWorstSentence(): (worst: Worst) => string {
  const t = useTranslations('overview.hero');
  const format = useFormat();
  return (worst) => {
    if (worst.type === 'missed') return t('missed', { server: worst.server, count: worst.backups });
    const more = worst.count - worst.names.length;
    const names = more > 0 ? [...worst.names, t('more', { count: String(more) })] : worst.names;
    return t(worst.state, { servers: format.list(names), count: worst.count });
  };
}

/** Is everything protected? In one sentence, the worst first, with the way to a restore beside it. */
export function Hero({ overview }: { overview: Overview }) {
  const t = useTranslations('overview.hero');
  const sentence = useWorstSentence();
  const mayRestore = useMay('restore');
  const hero = heroOf(overview.servers);

  let icon: ReactNode;
  let headline: string;
  let detail: string | null = null;
  if (hero.type === 'no-servers') {
    icon = <ServerOff aria-hidden className="size-7 text-idle" />;
    headline = t('noServers');
  } else if (hero.type === 'all-well') {
    icon = <CircleCheck aria-hidden className="size-7 text-ok" />;
    headline = t('allWell', { count: hero.servers });
  } else {
    const Icon = hero.tone === 'bad' ? ShieldAlert : hero.tone === 'warn' ? CircleAlert : CircleHelp;
    icon = <Icon aria-hidden className={`size-7 ${toneText[hero.tone]}`} />;
    headline = sentence(hero.worst);
    detail = t('protected', { protected: hero.protected, count: hero.servers });
  }

  return (
    <header className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 items-start gap-3" aria-live="polite">
        <span className="mt-0.5 shrink-0">{icon}</span>
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-tight text-pretty max-sm:text-xl">{headline}</h1>
          {detail !== null && <p className="text-lg text-ink-muted">{detail}</p>}
        </div>
      </div>
      {mayRestore && overview.servers.some(hasBackup) && (
        <ButtonLink href="/snapshots" icon={ArchiveRestore} tone="primary">
          {t('restore')}
        </ButtonLink>
      )}
    </header>
  );
}
