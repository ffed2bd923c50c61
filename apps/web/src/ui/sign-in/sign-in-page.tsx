'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { Button } from '../primitives/button.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { EntryFrame } from './entry-frame.tsx';
import { nextPage } from './next-page.ts';
import { signIn } from './sign-in-calls.ts';

export function SignInPage() {
  const t = useTranslations('signIn');
  const format = useFormat();
  const text = useProblemText();
  const router = useRouter();
  const client = useQueryClient();
  const next = nextPage(useSearchParams().get('next'));
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit() {
    setBusy(true);
    setProblem(null);
    try {
      const outcome = await signIn(email.trim(), password);
      if (outcome.type === 'signed-in') {
        client.clear();
        router.replace(next);
        return;
      }
      setProblem(
        outcome.type === 'refused'
          ? t('refused')
          : outcome.retryAfterSeconds === null
            ? t('tooManyTries')
            : t('tooManyTriesFor', { duration: format.duration(outcome.retryAfterSeconds) }),
      );
    } catch (error) {
      setProblem(text(error));
    }
    setBusy(false);
  }

  return (
    <EntryFrame title={t('title')} description={t('description')}>
      <form
        className="mt-5 flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t('email')}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        </Field>
        <Field label={t('password')}>
          <Input
            type="password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        </Field>
        <p role="alert" className="text-bad empty:hidden">
          {problem}
        </p>
        <Button type="submit" tone="primary" busy={busy}>
          {t('submit')}
        </Button>
      </form>
    </EntryFrame>
  );
}
