'use client';

import { type Role, roles, user as userSchema } from '@breakwater/contract/resources';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { z } from 'zod';
import { ApiProblem, fieldError } from '../api/api-problem.ts';
import { apiSend } from '../api/client.ts';
import { Button } from '../primitives/button.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { Select } from '../primitives/select.tsx';
import { toast } from '../primitives/toast.tsx';

/** Adds a user (with a password that must be replaced at the first sign-in), or changes one's name and role. */
export function UserDialog({
  user,
  onClose,
}: {
  user: z.output<typeof userSchema> | null;
  onClose: () => void;
}) {
  const t = useTranslations('settings.users');
  const roleNames = useTranslations('common.role');
  const common = useTranslations('common.action');
  const text = useProblemText();
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? '');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>(user?.role ?? 'viewer');

  const save = useMutation({
    mutationFn: () =>
      user === null
        ? apiSend('POST', '/users', { email: email.trim(), name, role, password }, userSchema)
        : apiSend('PATCH', `/users/${encodeURIComponent(user.id)}`, { name, role }, userSchema),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['users'] });
      toast.done(common('saved'));
      onClose();
    },
  });
  const elsewhere =
    save.error !== null && !(save.error instanceof ApiProblem && save.error.errors.length > 0);

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={user === null ? t('add') : user.email}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field label={t('name')} error={fieldError(save.error, 'name')}>
          <Input autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        </Field>
        {user === null && (
          <>
            <Field label={t('email')} error={fieldError(save.error, 'email')}>
              <Input
                type="email"
                autoComplete="off"
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
              />
            </Field>
            <Field label={t('password')} hint={t('passwordHint')} error={fieldError(save.error, 'password')}>
              <Input
                type="password"
                autoComplete="new-password"
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
            </Field>
          </>
        )}
        <Field label={t('role')} error={fieldError(save.error, 'role')}>
          <Select
            value={role}
            onChange={setRole}
            options={roles.map((value) => ({ value, label: roleNames(value), hint: t(`roleHint.${value}`) }))}
          />
        </Field>
        {elsewhere && (
          <p role="alert" className="text-bad">
            {text(save.error)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone="primary" busy={save.isPending}>
            {common(user === null ? 'add' : 'save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
