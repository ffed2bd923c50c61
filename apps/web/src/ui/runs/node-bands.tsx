import clsx from 'clsx';
import { along, PLOT_LEFT, PLOT_RIGHT, type TimeRange } from './plot-frame.ts';
import type { NodeBand } from './speed-curve.ts';

/** Grounds that are told apart by lightness as well; the name stands in each. */
const grounds = [
  'bg-run-soft text-run',
  'bg-ok-soft text-ok',
  'bg-warn-soft text-warn',
  'bg-selected text-accent',
];

/** Under the speed curve: which node the data went to, for how long. Too narrow a band shows its name on hover. */
export function NodeBands(props: {
  bands: readonly NodeBand[];
  range: TimeRange;
  nodes: readonly string[];
  nowhere: string;
}) {
  const { bands, range, nodes, nowhere } = props;
  return (
    <div aria-hidden className="flex h-6 gap-px" style={{ marginLeft: PLOT_LEFT, marginRight: PLOT_RIGHT }}>
      {bands.map((band, index) => {
        const name = band.nodeName ?? nowhere;
        const ground =
          band.nodeName === null
            ? 'bg-idle-soft text-idle'
            : grounds[nodes.indexOf(band.nodeName) % grounds.length];
        return (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: bands are only ever added at the end.
            key={index}
            title={name}
            style={{ width: along(band.toMs - band.fromMs + range.fromMs, range) }}
            className={clsx('@container min-w-px rounded-sm text-xs leading-6 font-medium', ground)}
          >
            <span className="hidden truncate px-1.5 @min-[2.5rem]:block">{name}</span>
          </span>
        );
      })}
    </div>
  );
}
