'use client';

import { CircleAlert, RotateCw } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/api-problem.ts';
import { Button } from './button.tsx';
import { useProblemText } from './problem-text.ts';

/** In place of what could not be loaded: what failed, why, and the retry. */
export function ErrorState(props: { error: unknown; retry?: () => void; title?: string; compact?: boolean }) {
  const t = useTranslations('common');
  const text = useProblemText();
  const { error } = props;
  return (
    <div
      role="alert"
      className={
        props.compact === true
          ? 'flex flex-wrap items-center gap-x-4 gap-y-2 p-4'
          : 'flex flex-col items-center gap-3 px-6 py-12 text-center'
      }
    >
      <CircleAlert aria-hidden className="size-5 shrink-0 text-bad" />
      <div className="min-w-0">
        <p className="font-semibold">{props.title ?? t('error.title')}</p>
        <p className="max-w-[64ch] text-ink-muted">{text(error)}</p>
        {error instanceof ApiProblem && (
          <p className="mt-1 text-xs text-ink-faint">
            {t('error.code')} <code>{error.code}</code>
            {error.status > 0 && <> · HTTP {error.status}</>}
          </p>
        )}
      </div>
      {props.retry !== undefined && (
        <Button icon={RotateCw} onClick={props.retry}>
          {t('action.retry')}
        </Button>
      )}
    </div>
  );
}
