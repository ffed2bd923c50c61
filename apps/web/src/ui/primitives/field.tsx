'use client';

import type { FieldError } from '@breakwater/contract/failure-codes';
import { Field as BaseField } from '@base-ui/react/field';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';

/**
 * A control with its label, hint and error. Put one `Input`, `TextArea`, `Select` or `NumberInput` inside. `error` is
 * a sentence or what the server refused.
 */
export function Field(props: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | FieldError | undefined;
  optional?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const t = useTranslations('common');
  const { error } = props;
  // Some rules say what is wrong ("Invalid URL") instead of what was expected.
  const refusal = ({ expected }: FieldError) =>
    /^invalid /i.test(expected) ? `${expected}.` : t('error.expected', { expected });
  const sentence = error === undefined || typeof error === 'string' ? error : refusal(error);
  return (
    <BaseField.Root invalid={sentence !== undefined} className={props.className}>
      <BaseField.Label className="mb-1 flex items-baseline gap-2 text-sm font-medium">
        {props.label}
        {props.optional === true && <span className="font-normal text-ink-faint">{t('optional')}</span>}
      </BaseField.Label>
      {props.children}
      {props.hint !== undefined && (
        <BaseField.Description className="mt-1 text-sm text-ink-muted">{props.hint}</BaseField.Description>
      )}
      {sentence !== undefined && (
        <BaseField.Error match className="mt-1 text-sm text-bad">
          {sentence}
        </BaseField.Error>
      )}
    </BaseField.Root>
  );
}
