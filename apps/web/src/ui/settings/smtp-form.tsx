'use client';

import type { Settings } from '@breakwater/contract/resources';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem, fieldError } from '../api/api-problem.ts';
import { Button } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { Select } from '../primitives/select.tsx';
import { type SmtpDraft, smtpChange, smtpDraft } from './smtp-draft.ts';
import { TestNotice } from './test-notice.tsx';
import { useChangeSettings } from './use-change-settings.ts';

export function SmtpForm({ saved }: { saved: Settings['notifications']['smtp'] }) {
  const t = useTranslations('settings.notifications.email');
  const common = useTranslations('common.action');
  const text = useProblemText();
  const [draft, setDraft] = useState(() => smtpDraft(saved));
  const [removing, setRemoving] = useState(false);
  const change = useChangeSettings();
  const set = (part: Partial<SmtpDraft>) => setDraft((old) => ({ ...old, ...part }));
  const refused = (name: string) => fieldError(change.error, `notifications.smtp.${name}`);
  // One of several recipients is refused by its place in the list: `to.1`.
  const refusedTo =
    change.error instanceof ApiProblem
      ? change.error.errors.find((error) => error.field.startsWith('notifications.smtp.to'))
      : undefined;
  const dirty = JSON.stringify(draft) !== JSON.stringify(smtpDraft(saved));
  const elsewhere =
    change.error !== null && !(change.error instanceof ApiProblem && change.error.errors.length > 0);

  return (
    <Panel title={t('title')} description={t('description')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ notifications: { smtp: smtpChange(draft) } });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('host')} error={refused('host')}>
            <Input
              mono
              placeholder="mail.example"
              value={draft.host}
              onChange={(event) => set({ host: event.currentTarget.value })}
            />
          </Field>
          <div className="grid grid-cols-[6rem_1fr] gap-4">
            <Field label={t('port')} error={refused('port')}>
              <Input
                inputMode="numeric"
                value={draft.port}
                onChange={(event) => set({ port: event.currentTarget.value })}
              />
            </Field>
            <Field label={t('security')} error={refused('secure')}>
              <Select
                value={draft.secure ? 'tls' : 'starttls'}
                onChange={(value) => set({ secure: value === 'tls' })}
                options={[
                  { value: 'starttls', label: t('startTls') },
                  { value: 'tls', label: t('tls') },
                ]}
              />
            </Field>
          </div>
          <Field label={t('user')} optional error={refused('user')}>
            <Input
              autoComplete="off"
              value={draft.user}
              onChange={(event) => set({ user: event.currentTarget.value })}
            />
          </Field>
          <Field label={t('password')} optional error={refused('password')}>
            <Input
              type="password"
              autoComplete="new-password"
              placeholder={saved?.hasPassword === true ? t('passwordKept') : ''}
              value={draft.password}
              onChange={(event) => set({ password: event.currentTarget.value })}
            />
          </Field>
          <Field label={t('from')} error={refused('from')}>
            <Input
              type="email"
              placeholder="breakwater@example.com"
              value={draft.from}
              onChange={(event) => set({ from: event.currentTarget.value })}
            />
          </Field>
          <Field label={t('to')} hint={t('toHint')} error={refusedTo}>
            <Input
              placeholder="admin@example.com"
              value={draft.to}
              onChange={(event) => set({ to: event.currentTarget.value })}
            />
          </Field>
        </div>
        {elsewhere && (
          <p role="alert" className="mt-3 text-bad">
            {text(change.error)}
          </p>
        )}
        <div className="mt-4 flex flex-wrap gap-2">
          <Button type="submit" tone="primary" busy={change.isPending} disabled={!dirty}>
            {common('save')}
          </Button>
          <TestNotice channel="email" disabled={saved === null || dirty} />
          {saved !== null && <Button onClick={() => setRemoving(true)}>{t('remove')}</Button>}
        </div>
      </form>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t('removeAsk')}
        body={t('removeBody')}
        confirmLabel={t('remove')}
        onConfirm={() => change.mutateAsync({ notifications: { smtp: null } })}
      />
    </Panel>
  );
}
