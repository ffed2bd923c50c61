import { Button as BaseButton } from '@base-ui/react/button';
import clsx from 'clsx';
import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { Spinner } from './spinner.tsx';

export type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger';

const tones: Record<ButtonTone, string> = {
  primary: 'border-accent bg-accent text-accent-ink hover:border-accent-hover hover:bg-accent-hover',
  plain: 'border-line-strong bg-surface text-ink hover:bg-hover',
  quiet: 'border-transparent text-ink-muted hover:bg-hover hover:text-ink',
  danger: 'border-bad-solid bg-bad-solid text-bad-ink hover:brightness-110',
};

export function buttonClass(tone: ButtonTone, size: 'sm' | 'md', square: boolean): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors select-none',
    'data-disabled:cursor-not-allowed data-disabled:opacity-55 disabled:cursor-not-allowed disabled:opacity-55',
    size === 'sm' ? 'h-7 text-sm' : 'h-8 text-base max-sm:h-10',
    square ? (size === 'sm' ? 'w-7' : 'w-8 max-sm:w-10') : size === 'sm' ? 'px-2' : 'px-3',
    tones[tone],
  );
}

interface Looks {
  tone?: ButtonTone;
  size?: 'sm' | 'md';
  icon?: LucideIcon;
  children?: ReactNode;
}

/** A button. `busy` keeps its width, shows a spinner and takes no second click. */
export function Button(props: Looks & { busy?: boolean } & ComponentProps<'button'>) {
  const {
    tone = 'plain',
    size = 'md',
    icon: Icon,
    busy = false,
    className,
    children,
    disabled,
    ...rest
  } = props;
  return (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      focusableWhenDisabled={busy}
      aria-busy={busy || undefined}
      className={clsx(buttonClass(tone, size, false), className)}
    >
      {busy ? <Spinner /> : Icon !== undefined && <Icon aria-hidden className="size-4" />}
      {children}
    </BaseButton>
  );
}

/** A button that shows only an icon; `label` is its name for those who do not see it, and its tooltip. */
export function IconButton(
  props: {
    tone?: ButtonTone;
    size?: 'sm' | 'md';
    icon: LucideIcon;
    label: string;
  } & ComponentProps<'button'>,
) {
  const { tone = 'quiet', size = 'md', icon: Icon, label, className, ...rest } = props;
  return (
    <BaseButton
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={clsx(buttonClass(tone, size, true), className)}
    >
      <Icon aria-hidden className="size-4" />
    </BaseButton>
  );
}

/** A link that looks like a button: it goes somewhere, it does nothing. */
export function ButtonLink(props: Looks & ComponentProps<typeof Link>) {
  const { tone = 'plain', size = 'md', icon: Icon, className, children, ...rest } = props;
  return (
    <Link {...rest} className={clsx(buttonClass(tone, size, false), className)}>
      {Icon !== undefined && <Icon aria-hidden className="size-4" />}
      {children}
    </Link>
  );
}
