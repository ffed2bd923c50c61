'use client';

import { Progress } from '@base-ui/react/progress';
import clsx from 'clsx';
import { useFormat } from '../language/use-format.ts';
import { type Tone, toneSolid } from './tone.ts';

/** A bar from 0 to 1. `null` means "not known how far": a bar that moves without saying how much. */
export function ProgressBar(props: {
  value: number | null;
  label: string;
  tone?: Tone;
  size?: 'sm' | 'md' | 'lg';
  className?: string;
}) {
  const format = useFormat();
  const { value, tone = 'run', size = 'md' } = props;
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  return (
    <Progress.Root
      value={share === null ? null : Math.round(share * 1000) / 10}
      aria-label={props.label}
      getAriaValueText={() => (share === null ? props.label : format.percent(share))}
      className={props.className}
    >
      <Progress.Track
        className={clsx(
          'block overflow-hidden rounded-full bg-idle-soft',
          size === 'sm' ? 'h-1' : size === 'lg' ? 'h-3' : 'h-1.5',
        )}
      >
        {share === null ? (
          <span
            className={clsx(
              'block h-full w-2/7 animate-[indeterminate_1.6s_ease-in-out_infinite] rounded-full motion-reduce:w-full motion-reduce:opacity-40',
              toneSolid[tone],
            )}
          />
        ) : (
          <Progress.Indicator
            className={clsx(
              'block h-full rounded-full transition-[width] duration-300 ease-linear',
              toneSolid[tone],
            )}
          />
        )}
      </Progress.Track>
    </Progress.Root>
  );
}
