'use client';

import type { BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../primitives/button.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { toast } from '../primitives/toast.tsx';
import { bandwidthDraftOf, checkBandwidth } from './bandwidth-draft.ts';
import { BandwidthFields } from './bandwidth-fields.tsx';

/** The limit of a server or a storage node, in a dialog. */
export function BandwidthForm(props: {
  limit: BandwidthLimitGiven | null;
  hint: string;
  save: (limit: BandwidthLimitGiven | null) => Promise<unknown>;
  close: () => void;
}) {
  const t = useTranslations('bandwidth');
  const common = useTranslations('common.action');
  const problemText = useProblemText();
  const [draft, setDraft] = useState(() =>
    bandwidthDraftOf(props.limit, Intl.DateTimeFormat().resolvedOptions().timeZone),
  );
  const check = checkBandwidth(draft);
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: () => {
      toast.done(t('saved'));
      props.close();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (check.ok) save.mutate(check.limit);
  }
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <BandwidthFields draft={draft} change={setDraft} hint={props.hint} />
      <p className="text-sm text-ink-muted">{t('atOnce')}</p>
      {save.error !== null && (
        <p role="alert" className="text-bad">
          {problemText(save.error)}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={props.close}>{common('cancel')}</Button>
        <Button type="submit" tone="primary" busy={save.isPending} disabled={!check.ok}>
          {common('save')}
        </Button>
      </div>
    </form>
  );
}
