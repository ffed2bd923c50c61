'use client';

import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import { type ReactNode, useId } from 'react';

/** A check box. Give it children as its visible label, or `label` when there is no room for one. */
export function Checkbox(props: {
  checked: boolean;
  indeterminate?: boolean;
  onChange: (checked: boolean) => void;
  label?: string;
  hint?: ReactNode;
  disabled?: boolean;
  children?: ReactNode;
}) {
  const hintId = useId();
  const box = (
    <BaseCheckbox.Root
      checked={props.checked}
      indeterminate={props.indeterminate ?? false}
      disabled={props.disabled ?? false}
      onCheckedChange={(checked) => props.onChange(checked)}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
      {...(props.hint === undefined ? {} : { 'aria-describedby': hintId })}
      className="relative flex size-4 shrink-0 cursor-pointer items-center justify-center rounded-sm border border-line-strong bg-surface before:absolute before:-inset-2 before:content-[''] data-checked:border-accent data-checked:bg-accent data-disabled:cursor-not-allowed data-disabled:opacity-55 data-indeterminate:border-accent data-indeterminate:bg-accent"
    >
      <BaseCheckbox.Indicator className="text-accent-ink">
        {props.indeterminate === true ? (
          <Minus aria-hidden className="size-3.5" />
        ) : (
          <Check aria-hidden className="size-3.5" />
        )}
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  );
  if (props.children === undefined) return box;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the Base UI check box above.
    <label className="flex cursor-pointer items-start gap-2">
      <span className="mt-0.5">{box}</span>
      <span>
        {props.children}
        {props.hint !== undefined && (
          <span id={hintId} className="block text-sm text-ink-muted">
            {props.hint}
          </span>
        )}
      </span>
    </label>
  );
}
