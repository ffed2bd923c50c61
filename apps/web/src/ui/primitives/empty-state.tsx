import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { ButtonLink } from './button.tsx';

/** An empty list says what it is for and has the one button that fills it. */
export function EmptyState(props: {
  icon: LucideIcon;
  title: string;
  body?: ReactNode;
  action?: ReactNode;
  /** The one way on that fills the list; instead of `action`. */
  link?: { href: string; label: string; icon?: LucideIcon };
  /** It is all there is on the page, so its title is the page's. */
  wholePage?: boolean;
}) {
  const Icon = props.icon;
  const { link } = props;
  const action =
    link === undefined ? (
      props.action
    ) : (
      <ButtonLink tone="primary" href={link.href} {...(link.icon !== undefined && { icon: link.icon })}>
        {link.label}
      </ButtonLink>
    );
  const Title = props.wholePage === true ? 'h1' : 'p';
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <span className="mb-3 flex size-10 items-center justify-center rounded-lg border border-line bg-sunken text-ink-faint">
        <Icon aria-hidden className="size-5" />
      </span>
      <Title className="font-semibold">{props.title}</Title>
      {props.body !== undefined && <div className="mt-1 max-w-[56ch] text-ink-muted">{props.body}</div>}
      {action !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
