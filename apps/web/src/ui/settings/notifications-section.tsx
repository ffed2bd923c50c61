'use client';

import type { Settings } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { fieldError } from '../api/api-problem.ts';
import { settingsQuery } from '../api/queries/settings.ts';
import { Button } from '../primitives/button.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { Skeleton } from '../primitives/skeleton.tsx';
import { SmtpForm } from './smtp-form.tsx';
import { TestNotice } from './test-notice.tsx';
import { useChangeSettings } from './use-change-settings.ts';

/** Who is told when a backup fails or is missed. */
export function NotificationsSection() {
  const { data: settings, error, refetch } = useQuery(settingsQuery);
  if (settings === undefined) {
    return error === null ? (
      <Skeleton className="h-72 rounded-lg" />
    ) : (
      <ErrorState error={error} retry={() => void refetch()} />
    );
  }
  const { webhookUrl, smtp } = settings.notifications;
  return (
    <>
      {/* Another saved value begins the form anew. */}
      <WebhookForm key={webhookUrl ?? ''} saved={webhookUrl} />
      <SmtpForm key={JSON.stringify(smtp)} saved={smtp} />
    </>
  );
}

function WebhookForm({ saved }: { saved: Settings['notifications']['webhookUrl'] }) {
  const t = useTranslations('settings.notifications');
  const common = useTranslations('common.action');
  const text = useProblemText();
  const [url, setUrl] = useState(saved ?? '');
  const change = useChangeSettings();
  const refused = fieldError(change.error, 'notifications.webhookUrl');
  const typed = url.trim();
  const dirty = typed !== (saved ?? '');
  return (
    <Panel title={t('webhook.title')} description={t('webhook.description')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ notifications: { webhookUrl: typed === '' ? null : typed } });
        }}
      >
        <Field label={t('webhook.url')} optional error={refused}>
          <Input
            type="url"
            mono
            placeholder="https://hooks.example/breakwater"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
        </Field>
        {change.error !== null && refused === undefined && (
          <p role="alert" className="mt-3 text-bad">
            {text(change.error)}
          </p>
        )}
        <div className="mt-4 flex flex-wrap gap-2">
          <Button type="submit" tone="primary" busy={change.isPending} disabled={!dirty}>
            {common('save')}
          </Button>
          <TestNotice channel="webhook" disabled={saved === null || dirty} />
        </div>
      </form>
    </Panel>
  );
}
