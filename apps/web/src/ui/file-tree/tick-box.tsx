import clsx from 'clsx';
import { Check, Minus } from 'lucide-react';
import type { Tick } from './selection.ts';

/** The drawn check box of a tree line; its state is told by the line's own `aria-checked`. */
export function TickBox({ tick, onToggle }: { tick: Tick; onToggle: () => void }) {
  return (
    <span
      aria-hidden
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
      className="flex size-6 shrink-0 items-center justify-center"
    >
      <span
        className={clsx(
          'flex size-4 items-center justify-center rounded-sm border transition-colors',
          tick === 'unticked' ? 'border-line-strong bg-surface' : 'border-accent bg-accent text-accent-ink',
        )}
      >
        {tick === 'ticked' && <Check className="size-3" strokeWidth={3} />}
        {tick === 'mixed' && <Minus className="size-3" strokeWidth={3} />}
      </span>
    </span>
  );
}
