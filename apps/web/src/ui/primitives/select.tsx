'use client';

import { Select as BaseSelect } from '@base-ui/react/select';
import clsx from 'clsx';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { controlClass } from './input.tsx';

export interface SelectOption<Value extends string> {
  value: Value;
  label: string;
  hint?: ReactNode;
}

/** One of several. Inside `Field` it takes its label; alone it needs `label`. */
export function Select<Value extends string>(props: {
  value: Value | null;
  onChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  label?: string;
  /** What stands there while nothing is chosen. */
  placeholder?: string;
  size?: 'sm' | 'md';
  disabled?: boolean;
  name?: string;
  className?: string;
}) {
  const t = useTranslations('common.select');
  const { options, size = 'md' } = props;
  return (
    <BaseSelect.Root<Value>
      items={options}
      value={props.value}
      onValueChange={(value) => {
        if (value !== null) props.onChange(value);
      }}
      {...(props.disabled === undefined ? {} : { disabled: props.disabled })}
      {...(props.name === undefined ? {} : { name: props.name })}
    >
      <BaseSelect.Trigger
        {...(props.label === undefined ? {} : { 'aria-label': props.label })}
        className={clsx(
          controlClass,
          'flex items-center justify-between gap-2 text-left data-disabled:cursor-not-allowed data-disabled:opacity-55',
          size === 'sm' ? 'h-7 text-sm' : 'h-8 max-sm:h-10',
          props.className,
        )}
      >
        <BaseSelect.Value
          className="truncate data-placeholder:text-ink-faint"
          placeholder={props.placeholder ?? t('placeholder')}
        />
        <BaseSelect.Icon>
          <ChevronsUpDown aria-hidden className="size-3.5 text-ink-faint" />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-60 outline-none">
          <BaseSelect.Popup className="max-h-[min(var(--available-height),22rem)] min-w-[var(--anchor-width)] overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-float">
            {options.map((option) => (
              <BaseSelect.Item
                key={option.value}
                value={option.value}
                className="grid cursor-default grid-cols-[1rem_1fr] items-center gap-2 rounded-sm py-1.5 pr-3 pl-2 outline-none select-none data-highlighted:bg-hover max-sm:py-2.5"
              >
                <BaseSelect.ItemIndicator className="col-start-1">
                  <Check aria-hidden className="size-4 text-accent" />
                </BaseSelect.ItemIndicator>
                <span className="col-start-2">
                  <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                  {option.hint !== undefined && (
                    <span className="block text-sm text-ink-muted">{option.hint}</span>
                  )}
                </span>
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
