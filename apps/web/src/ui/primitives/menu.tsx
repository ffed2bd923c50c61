'use client';

import { Menu as BaseMenu } from '@base-ui/react/menu';
import clsx from 'clsx';
import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import type { ReactElement, ReactNode } from 'react';

export const floatingListClass =
  'min-w-44 rounded-md border border-line bg-raised p-1 shadow-float outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';
const itemClass =
  'flex w-full cursor-default items-center gap-2 rounded-sm px-2 py-1.5 outline-none select-none data-disabled:opacity-55 data-highlighted:bg-hover max-sm:py-2.5';

/** A menu behind `trigger` (a button). Fill it with `MenuItem`, `MenuLink`, `MenuChoice`. */
export function Menu(props: { trigger: ReactElement; align?: 'start' | 'end'; children: ReactNode }) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={props.trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={props.align ?? 'end'} className="z-60 outline-none">
          <BaseMenu.Popup className={floatingListClass}>{props.children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export function MenuItem(props: {
  icon?: LucideIcon;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  const Icon = props.icon;
  return (
    <BaseMenu.Item
      onClick={props.onSelect}
      disabled={props.disabled ?? false}
      className={clsx(itemClass, props.danger === true && 'text-bad')}
    >
      {Icon !== undefined && <Icon aria-hidden className="size-4 shrink-0" />}
      {props.children}
    </BaseMenu.Item>
  );
}

export function MenuLink(props: { icon?: LucideIcon; href: string; children: ReactNode }) {
  const Icon = props.icon;
  return (
    <BaseMenu.Item render={<Link href={props.href} />} className={itemClass}>
      {Icon !== undefined && <Icon aria-hidden className="size-4 shrink-0" />}
      {props.children}
    </BaseMenu.Item>
  );
}

/** One of several that exclude each other, the current one ticked. */
export function MenuChoice<Value extends string>(props: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; icon?: LucideIcon }[];
}) {
  return (
    <BaseMenu.Group>
      <BaseMenu.GroupLabel className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-faint">
        {props.label}
      </BaseMenu.GroupLabel>
      <BaseMenu.RadioGroup value={props.value} onValueChange={(value: Value) => props.onChange(value)}>
        {props.options.map(({ value, label, icon: Icon }) => (
          <BaseMenu.RadioItem
            key={value}
            value={value}
            closeOnClick
            className={clsx(itemClass, 'data-checked:text-accent')}
          >
            {Icon !== undefined && <Icon aria-hidden className="size-4 shrink-0" />}
            <span className="flex-1">{label}</span>
            <BaseMenu.RadioItemIndicator className="size-1.5 rounded-full bg-accent" />
          </BaseMenu.RadioItem>
        ))}
      </BaseMenu.RadioGroup>
    </BaseMenu.Group>
  );
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="mx-1 my-1 h-px bg-line" />;
}
