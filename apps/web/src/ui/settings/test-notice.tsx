'use client';

import { notificationTestAnswer } from '@breakwater/contract/resources';
import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleX, Send } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { apiSend } from '../api/client.ts';
import { asSentence } from '../language/as-sentence.ts';
import { Button } from '../primitives/button.tsx';
import { useProblemText } from '../primitives/problem-text.ts';

/** Sends a test notice over the saved channel and says how it went. */
export function TestNotice({ channel, disabled }: { channel: 'webhook' | 'email'; disabled: boolean }) {
  const t = useTranslations('settings.notifications');
  const text = useProblemText();
  const test = useMutation({
    mutationFn: () => apiSend('POST', '/settings/notifications/test', { channel }, notificationTestAnswer),
  });
  const failed = test.error !== null || test.data?.delivered === false;
  return (
    <>
      <Button icon={Send} busy={test.isPending} disabled={disabled} onClick={() => test.mutate()}>
        {t('test')}
      </Button>
      <p role="status" className="flex basis-full items-start gap-2 empty:hidden">
        {failed ? (
          <>
            <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
            <span className="min-w-0 text-bad">
              {t('notDelivered')}{' '}
              {asSentence(test.error === null ? (test.data?.detail ?? '') : text(test.error))}
            </span>
          </>
        ) : (
          test.data !== undefined && (
            <>
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
              <span className="min-w-0">
                {t('delivered')} <span className="text-ink-muted">{asSentence(test.data.detail)}</span>
              </span>
            </>
          )
        )}
      </p>
    </>
  );
}
