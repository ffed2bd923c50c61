'use client';

import type { Run } from '@breakwater/contract/run';
import clsx from 'clsx';
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
  OctagonX,
} from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRemark } from '../language/use-remark.ts';
import { type Tone, toneSoft, toneText } from './tone.ts';

/** A state as icon, word and colour. `quiet` leaves the ground out, for dense tables. */
export function StatePill(props: {
  tone: Tone;
  icon: LucideIcon;
  label: string;
  spinning?: boolean;
  quiet?: boolean;
  title?: string | undefined;
}) {
  const { tone, icon: Icon, label, spinning = false, quiet = false, title } = props;
  return (
    <span
      title={title}
      className={clsx(
        // Top: the baseline of a box that begins with an icon is the icon's, which lifts the word off its line.
        'inline-flex items-center gap-1.5 align-top font-medium whitespace-nowrap',
        quiet ? toneText[tone] : clsx('rounded-full text-sm py-0.5 pr-2.5 pl-1.5', toneSoft[tone]),
      )}
    >
      <Icon
        aria-hidden
        className={clsx('size-4 shrink-0', spinning && 'animate-spin [animation-duration:2s]')}
      />
      {label}
    </span>
  );
}

export const runStateLook: Record<Run['state'], { tone: Tone; icon: LucideIcon }> = {
  queued: { tone: 'idle', icon: CircleDashed },
  waiting: { tone: 'warn', icon: Clock },
  dispatched: { tone: 'run', icon: CircleDot },
  running: { tone: 'run', icon: LoaderCircle },
  succeeded: { tone: 'ok', icon: CircleCheck },
  partial: { tone: 'warn', icon: CircleAlert },
  failed: { tone: 'bad', icon: CircleX },
  cancelled: { tone: 'idle', icon: Ban },
  stopped: { tone: 'bad', icon: OctagonX },
};

export function RunStatePill(props: {
  state: Run['state'];
  quiet?: boolean;
  why?: Pick<Run, 'reason' | 'remark'>;
}) {
  const t = useTranslations('common.state');
  const remark = useRemark();
  const { tone, icon } = runStateLook[props.state];
  return (
    <StatePill
      tone={tone}
      icon={icon}
      label={t(props.state)}
      spinning={props.state === 'running'}
      quiet={props.quiet ?? false}
      title={props.why === undefined ? undefined : (remark(props.why.remark, props.why.reason) ?? undefined)}
    />
  );
}

const agentStateLook = {
  idle: { tone: 'ok', icon: CircleCheck },
  busy: { tone: 'run', icon: LoaderCircle },
  offline: { tone: 'bad', icon: CircleX },
} as const satisfies Record<string, { tone: Tone; icon: LucideIcon }>;

export function AgentStatePill(props: {
  state: 'idle' | 'busy' | 'offline';
  quiet?: boolean;
  title?: string;
}) {
  const t = useTranslations('common.state');
  const { tone, icon } = agentStateLook[props.state];
  return (
    <StatePill
      tone={tone}
      icon={icon}
      label={t(props.state)}
      spinning={props.state === 'busy'}
      quiet={props.quiet ?? false}
      title={props.title}
    />
  );
}

/** Paused on purpose, as a draining node is. */
export const pausedLook = { tone: 'warn', icon: CirclePause } as const;
