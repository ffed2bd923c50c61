'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem, fieldError } from '../api/api-problem.ts';
import { sessionKey, sessionQuery } from '../api/queries/session.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { toast } from '../primitives/toast.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { nextPage } from './next-page.ts';
import { changePassword } from './sign-in-calls.ts';

const SHORTEST = 12;

/** For everyone who wants a new password, and for those who still have a one-time password and must. */
export function ChangePasswordPage() {
  const t = useTranslations('signIn.change');
  const text = useProblemText();
  const router = useRouter();
  const client = useQueryClient();
  const next = nextPage(useSearchParams().get('next'));
  const { data: session, error } = useQuery(sessionQuery);
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const signedOut = error instanceof ApiProblem && error.status === 401;

  useEffect(() => {
    if (signedOut) router.replace('/sign-in');
  }, [signedOut, router]);

  const short = fresh.length < SHORTEST;
  const same = fresh !== '' && fresh === current;
  const differs = fresh !== again;
  const currentRefused = fieldError(problem, 'currentPassword');
  const freshRefused = fieldError(problem, 'newPassword');

  async function submit() {
    setTried(true);
    if (short || same || differs) return;
    setBusy(true);
    setProblem(null);
    try {
      await changePassword(current, fresh);
      await client.invalidateQueries({ queryKey: sessionKey });
      toast.done(t('done'));
      router.replace(next);
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  }

  const forced = session?.user.mustChangePassword === true;
  return (
    <EntryFrame title={t(forced ? 'titleForced' : 'title')} description={forced ? t('forced') : undefined}>
      <form
        noValidate
        className="mt-5 flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {/* Tells password managers whose password this is. */}
        <input
          type="hidden"
          name="username"
          autoComplete="username"
          value={session?.user.email ?? ''}
          readOnly
        />
        <Field label={t('current')} error={currentRefused === undefined ? undefined : t('currentWrong')}>
          <Input
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        </Field>
        <Field
          label={t('fresh')}
          hint={t('rule', { length: String(SHORTEST) })}
          error={
            tried && short
              ? t('tooShort', { length: String(SHORTEST) })
              : tried && same
                ? t('same')
                : freshRefused
          }
        >
          <Input
            type="password"
            autoComplete="new-password"
            required
            maxLength={128}
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
          />
        </Field>
        <Field label={t('again')} error={tried && !short && differs ? t('differs') : undefined}>
          <Input
            type="password"
            autoComplete="new-password"
            required
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
          />
        </Field>
        {problem !== null && currentRefused === undefined && freshRefused === undefined && (
          <p role="alert" className="text-bad">
            {text(problem)}
          </p>
        )}
        <div className="flex gap-2">
          <Button type="submit" tone="primary" busy={busy} className="flex-1">
            {t('submit')}
          </Button>
          {session !== undefined && !forced && <ButtonLink href={next}>{t('cancel')}</ButtonLink>}
        </div>
      </form>
    </EntryFrame>
  );
}
