'use client';

import { apiTokenAnswer, type Role, roles } from '@breakwater/contract/resources';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem, fieldError } from '../api/api-problem.ts';
import { apiSend } from '../api/client.ts';
import { useSession } from '../api/use-session.ts';
import { Button } from '../primitives/button.tsx';
import { CodeLine } from '../primitives/code-line.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { Select } from '../primitives/select.tsx';

const DAY = 86_400;
const lifetimes = { month: 30 * DAY, quarter: 90 * DAY, year: 365 * DAY, forever: null } as const;
type Lifetime = keyof typeof lifetimes;

/** Makes an API token, with the reader's own role at most, and shows its secret this once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('settings.tokens');
  const roleNames = useTranslations('common.role');
  const common = useTranslations('common.action');
  const text = useProblemText();
  const client = useQueryClient();
  const own = useSession().role;
  const allowed = roles.slice(roles.indexOf(own));
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [lifetime, setLifetime] = useState<Lifetime>('quarter');
  const make = useMutation({
    mutationFn: () =>
      apiSend('POST', '/api-tokens', { name, role, expiresInSeconds: lifetimes[lifetime] }, apiTokenAnswer),
    onSuccess: () => client.invalidateQueries({ queryKey: ['api-tokens'] }),
  });
  const elsewhere =
    make.error !== null && !(make.error instanceof ApiProblem && make.error.errors.length > 0);

  if (make.data !== undefined) {
    return (
      <Dialog open onOpenChange={(open) => !open && onClose()} title={make.data.apiToken.name}>
        <p className="mb-3 font-medium text-warn">{t('secretOnce')}</p>
        <CodeLine text={make.data.secret} />
        <div className="mt-5 flex justify-end">
          <Button tone="primary" onClick={onClose}>
            {t('secretKept')}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('add')}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Field label={t('name')} hint={t('nameHint')} error={fieldError(make.error, 'name')}>
          <Input autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        </Field>
        <Field label={t('role')} error={fieldError(make.error, 'role')}>
          <Select
            value={role}
            onChange={setRole}
            options={allowed.map((value) => ({ value, label: roleNames(value) }))}
          />
        </Field>
        <Field label={t('lifetime')} error={fieldError(make.error, 'expiresInSeconds')}>
          <Select
            value={lifetime}
            onChange={setLifetime}
            options={(['month', 'quarter', 'year', 'forever'] as const).map((value) => ({
              value,
              label: t(`lifetimes.${value}`),
            }))}
          />
        </Field>
        {elsewhere && (
          <p role="alert" className="text-bad">
            {text(make.error)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone="primary" busy={make.isPending}>
            {t('make')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
