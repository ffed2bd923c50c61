'use client';

import type { Agent, StorageNode } from '@breakwater/contract/resources';
import clsx from 'clsx';
import { CircleX, Clock, Minus, Zap } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { heatStep, speedShare } from './line-scale.ts';
import { type Pair, pairKey, pairState } from './pair.ts';

/** Grounds light enough in both themes for the text on them to be read. */
const grounds = {
  1: 'bg-accent/6',
  2: 'bg-accent/12',
  3: 'bg-accent/18',
  4: 'bg-accent/25',
  5: 'bg-accent/33',
} as const;

/** For more pairs than lines can show: a cell each, the stronger the faster. */
export function HeatMap(props: {
  agents: readonly Agent[];
  nodes: readonly StorageNode[];
  pairs: readonly Pair[];
  onOpen: (pair: Pair) => void;
}) {
  const { agents, nodes, pairs } = props;
  const t = useTranslations('network');
  const byKey = new Map(pairs.map((pair) => [pairKey(pair.agentId, pair.nodeId), pair]));
  const speeds = pairs.map((pair) => pair.bytesPerSecond);
  return (
    <section
      className="overflow-x-auto"
      aria-label={t('heatMap')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
      tabIndex={0}
    >
      <table className="border-separate border-spacing-px text-sm">
        <caption className="sr-only">{t('heatMap')}</caption>
        <thead>
          <tr>
            <td />
            {nodes.map((node) => (
              <th
                key={node.id}
                scope="col"
                className={clsx('px-2 py-2 font-medium', !node.online && 'text-bad')}
              >
                {node.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <tr key={agent.id}>
              <th
                scope="row"
                className={clsx(
                  'sticky left-0 bg-surface px-4 py-1 text-left font-medium whitespace-nowrap',
                  agent.state === 'offline' && 'text-bad',
                )}
              >
                {agent.address}
              </th>
              {nodes.map((node) => {
                const pair = byKey.get(pairKey(agent.id, node.id));
                return (
                  <td key={node.id} className="p-0">
                    {pair !== undefined && (
                      <Cell
                        pair={pair}
                        share={pair.bytesPerSecond === null ? null : speedShare(pair.bytesPerSecond, speeds)}
                        onOpen={() => props.onOpen(pair)}
                      />
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ pair, share, onOpen }: { pair: Pair; share: number | null; onOpen: () => void }) {
  const t = useTranslations('network');
  const format = useFormat();
  const state = t(`state.${pairState(pair)}`);
  return (
    <button
      type="button"
      onClick={onOpen}
      title={state}
      aria-label={`${t('pairSpeed', {
        agent: pair.agentAddress,
        node: pair.nodeName,
        speed: format.rate(pair.bytesPerSecond),
      })} · ${state}`}
      className={clsx(
        'flex h-9 w-full min-w-24 items-center justify-end gap-1.5 rounded-sm px-2 whitespace-nowrap -outline-offset-2 hover:outline-2 hover:outline-accent',
        share === null ? 'bg-sunken text-ink-muted' : grounds[heatStep(share)],
      )}
    >
      {pair.flowing.length > 0 && <Zap aria-hidden className="size-3.5 text-run" />}
      {pairState(pair) === 'offline' && <CircleX aria-hidden className="size-3.5 text-bad" />}
      {pairState(pair) === 'stale' && <Clock aria-hidden className="size-3.5 text-ink-muted" />}
      {pair.bytesPerSecond === null ? (
        <Minus aria-hidden className="size-3.5" />
      ) : (
        format.rate(pair.bytesPerSecond)
      )}
    </button>
  );
}
