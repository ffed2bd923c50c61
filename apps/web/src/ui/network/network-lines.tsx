'use client';

import type { Agent, StorageNode } from '@breakwater/contract/resources';
import clsx from 'clsx';
import { HardDrive, Server } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { lineWidth, linkPath, rowCentres } from './line-scale.ts';
import { type Pair, pairKey, pairState } from './pair.ts';

const ROW = 60;

/** Servers left, nodes right, a line for each pair. For the pointer: the table below is the same for everybody. */
export function NetworkLines(props: {
  agents: readonly Agent[];
  nodes: readonly StorageNode[];
  pairs: readonly Pair[];
  onOpen: (pair: Pair) => void;
}) {
  const { agents, nodes, pairs, onOpen } = props;
  const t = useTranslations('network');
  const format = useFormat();
  const [near, setNear] = useState<string | null>(null);
  const height = Math.max(agents.length, nodes.length, 2) * ROW;
  const left = rowCentres(agents.length, height);
  const right = rowCentres(nodes.length, height);
  const speeds = pairs.map((pair) => pair.bytesPerSecond);
  const fastest = pairs.reduce<Pair | null>(
    (best, pair) => ((pair.bytesPerSecond ?? 0) > (best?.bytesPerSecond ?? 0) ? pair : best),
    null,
  );
  const shown = pairs.find((pair) => pairKey(pair.agentId, pair.nodeId) === near);
  // The line under the pointer is drawn last, so that it lies on top.
  const ordered = shown === undefined ? pairs : [...pairs.filter((pair) => pair !== shown), shown];
  const speedOf = (pair: Pair) =>
    t('pairSpeed', {
      agent: pair.agentAddress,
      node: pair.nodeName,
      speed: format.rate(pair.bytesPerSecond),
    });
  return (
    <div aria-hidden>
      <div className="grid grid-cols-[minmax(0,9rem)_1fr_minmax(0,9rem)] max-sm:grid-cols-[minmax(0,6rem)_1fr_minmax(0,6rem)]">
        <Ends
          height={height}
          ends={agents.map((agent) => ({
            id: agent.id,
            name: agent.address,
            online: agent.state !== 'offline',
            lit: shown?.agentId === agent.id,
          }))}
          icon={Server}
          side="left"
        />
        <svg
          viewBox={`0 0 100 ${height}`}
          preserveAspectRatio="none"
          height={height}
          className="w-full"
          role="presentation"
        >
          {ordered.map((pair) => {
            const a = left[agents.findIndex((agent) => agent.id === pair.agentId)];
            const b = right[nodes.findIndex((node) => node.id === pair.nodeId)];
            if (a === undefined || b === undefined) return null;
            const key = pairKey(pair.agentId, pair.nodeId);
            return (
              <Line
                key={key}
                pair={pair}
                path={linkPath({ x: 0, y: a }, { x: 100, y: b })}
                width={lineWidth(pair.bytesPerSecond, speeds)}
                dimmed={near !== null && near !== key}
                onNear={(isNear) => setNear(isNear ? key : null)}
                onOpen={() => onOpen(pair)}
              />
            );
          })}
        </svg>
        <Ends
          height={height}
          ends={nodes.map((node) => ({
            id: node.id,
            name: node.name,
            online: node.online,
            lit: shown?.nodeId === node.id,
          }))}
          icon={HardDrive}
          side="right"
        />
      </div>
      {/* The line under the pointer; without one, what the thickest line stands for. */}
      <p className="mt-1 -mb-1 min-h-5 text-center text-sm text-ink-muted">
        {shown !== undefined
          ? `${speedOf(shown)} · ${t(`state.${pairState(shown)}`)}`
          : fastest !== null && t('thickest', { pair: speedOf(fastest) })}
      </p>
    </div>
  );
}

function Line(props: {
  pair: Pair;
  path: string;
  width: number;
  dimmed: boolean;
  onNear: (near: boolean) => void;
  onOpen: () => void;
}) {
  const { pair, path, width } = props;
  const flowing = pair.flowing.length > 0;
  const state = pairState(pair);
  const dashes = pair.age === 'never' ? '1 6' : state === 'stale' || state === 'offline' ? '7 6' : undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drawing for the pointer; the table has the same as buttons.
    <g
      onMouseEnter={() => props.onNear(true)}
      onMouseLeave={() => props.onNear(false)}
      onClick={props.onOpen}
      className={clsx('cursor-pointer transition-opacity', props.dimmed && 'opacity-25')}
    >
      <path d={path} fill="none" stroke="transparent" strokeWidth={16} vectorEffect="non-scaling-stroke" />
      <path
        d={path}
        fill="none"
        strokeWidth={width}
        strokeDasharray={dashes}
        strokeLinecap={pair.age === 'never' ? 'round' : 'butt'}
        vectorEffect="non-scaling-stroke"
        className={flowing ? 'stroke-run-solid/45' : 'stroke-idle-solid'}
      />
      {flowing && (
        <path
          d={path}
          fill="none"
          strokeWidth={Math.max(2, width * 0.6)}
          strokeDasharray="6 12"
          vectorEffect="non-scaling-stroke"
          className="animate-[flow_700ms_linear_infinite] stroke-run"
        />
      )}
    </g>
  );
}

function Ends(props: {
  height: number;
  ends: readonly { id: string; name: string; online: boolean; lit: boolean }[];
  icon: typeof Server;
  side: 'left' | 'right';
}) {
  const t = useTranslations('network');
  const Icon = props.icon;
  return (
    <ul className="flex flex-col justify-around" style={{ height: props.height }}>
      {props.ends.map((end) => (
        <li
          key={end.id}
          className={clsx(
            'flex min-w-0 items-center gap-2 rounded-md border px-2 py-1.5 text-sm transition-colors',
            end.lit ? 'border-accent bg-selected' : 'border-line bg-surface',
            props.side === 'right' && 'flex-row-reverse text-right',
          )}
        >
          <Icon
            className={clsx('size-4 shrink-0 max-sm:hidden', end.online ? 'text-ink-muted' : 'text-bad')}
          />
          <span className="min-w-0 flex-1">
            <span
              className="block font-medium max-sm:line-clamp-2 max-sm:text-xs max-sm:wrap-anywhere sm:truncate"
              title={end.name}
            >
              {end.name}
            </span>
            {!end.online && <span className="block text-xs text-bad">{t('offline')}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
