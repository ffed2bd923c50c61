'use client';

import { type ReactNode, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Input } from './input.tsx';
import { useProblemText } from './problem-text.ts';

/**
 * Asks before something that cannot be taken back. With `typeName` the reader must type that name first: for what
 * destroys data. `onConfirm` may be async: the dialog waits, closes when it is done, or says why it failed.
 */
export function ConfirmDialog(props: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  body?: ReactNode;
  confirmLabel: string;
  /** On the button that leaves all as it is; 'Cancel' unless the question is itself about cancelling. */
  keepLabel?: string;
  tone?: 'danger' | 'primary';
  typeName?: string;
  onConfirm: () => Promise<unknown> | unknown;
}) {
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title={props.title}>
      {/* Mounted anew every time it opens: what was typed last time is gone. */}
      <ConfirmForm {...props} />
    </Dialog>
  );
}

function ConfirmForm(props: Parameters<typeof ConfirmDialog>[0]) {
  const { body, confirmLabel, tone = 'danger', typeName, onConfirm, onOpenChange } = props;
  const t = useTranslations('common');
  const text = useProblemText();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const inputId = useId();
  const allowed = typeName === undefined || typed.trim() === typeName;

  async function confirm() {
    if (!allowed || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // Asked from within a form, React would hand the event on to it, though the dialog stands elsewhere in the page.
        event.stopPropagation();
        void confirm();
      }}
    >
      {body !== undefined && <div className="text-ink-muted">{body}</div>}
      {typeName !== undefined && (
        <div className="mt-4">
          <label htmlFor={inputId} className="mb-1 block text-sm font-medium">
            {t.rich('confirm.typeToConfirm', {
              name: () => <code className="rounded-sm bg-sunken px-1 py-0.5 select-all">{typeName}</code>,
            })}
          </label>
          <Input
            id={inputId}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
      )}
      {problem !== null && (
        <p role="alert" className="mt-3 text-bad">
          {text(problem)}
        </p>
      )}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>{props.keepLabel ?? t('action.cancel')}</Button>
        <Button type="submit" tone={tone} busy={busy} disabled={!allowed}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
