'use client';

import { Input as BaseInput } from '@base-ui/react/input';
import clsx from 'clsx';
import type { ComponentProps } from 'react';

export const controlClass =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-ink placeholder:text-ink-faint disabled:cursor-not-allowed disabled:opacity-55 aria-invalid:border-bad data-invalid:border-bad max-sm:text-lg';

/** A line of text. Inside `Field` its label, hint and error are tied to it by themselves. `mono` for paths and ids. */
export function Input({
  mono = false,
  className,
  ...rest
}: { mono?: boolean } & ComponentProps<typeof BaseInput>) {
  return (
    <BaseInput {...rest} className={clsx(controlClass, 'h-8 max-sm:h-10', mono && 'font-mono', className)} />
  );
}

/** Several lines of text; use it as `render` of a `FieldControl` when it needs a label. */
export function TextArea({
  mono = false,
  className,
  ...rest
}: { mono?: boolean } & ComponentProps<'textarea'>) {
  return (
    <BaseInput
      render={
        <textarea
          {...rest}
          className={clsx(controlClass, 'min-h-20 py-1.5', mono && 'font-mono', className)}
        />
      }
      {...(rest.name === undefined ? {} : { name: rest.name })}
    />
  );
}
