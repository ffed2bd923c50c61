import type { agentToCenter } from '@breakwater/contract/agent-messages';
import type { z } from 'zod';
import type { Center } from '../center.ts';
import { newestOnly } from '../live/newest-only.ts';
import { ACTIVE_STATES, findRun, noteOnRun, type RunRow } from './run-records.ts';
import { runAsk } from './run-ask.ts';
import { storedCurve } from './run-view.ts';

type ProgressMessage = z.output<(typeof agentToCenter)['progress']['request']>;
type Point = z.output<typeof storedCurve>[number];

/** Browsers get at most four a second for one run; the database what a reload needs, every second. */
const SEND_EVERY_MS = 250;
const SAVE_EVERY_MS = 1000;
/** Points of a running run's curve: when there are more, every second one goes. */
const MAX_POINTS = 600;

interface OpenRun {
  attempt: number;
  agentId: string;
  startedAt: number;
  curve: Point[];
  savedAt: number;
  /** Points closer than this are left out; doubles whenever the curve is thinned. */
  spacingMs: number;
}

export interface ProgressBook {
  /** Takes what an agent, or a node that fetches, says of a run it has in hand; anything else is set aside. */
  record(agentId: string, message: ProgressMessage): Promise<void>;
  drop(runId: string): void;
  close(): void;
}

/** Live progress of runs: pushed to browsers, kept with the run so that a reload and a restart find it. */
export function createProgressBook(center: Center): ProgressBook {
  const open = new Map<string, OpenRun>();
  const live = newestOnly<{ message: ProgressMessage; point: Point }>(
    SEND_EVERY_MS,
    (runId, { message, point }) =>
      center.live.publish('progress', { runId, progress: message.progress, point }),
  );

  const find = async (agentId: string, { runId, attempt }: ProgressMessage): Promise<OpenRun | null> => {
    const known = open.get(runId);
    if (known?.attempt === attempt && known.agentId === agentId) return known;
    const row = await findRun(center.db, runId);
    if (row === null || holderOf(row) !== agentId || row.attempt !== attempt || !isActive(row)) return null;
    const fresh = {
      attempt,
      agentId,
      startedAt: (row.startedAt ?? row.dispatchedAt ?? row.createdAt).getTime(),
      // Goes on where it was before a restart of the control center.
      curve: storedCurve.parse(row.speedCurve),
      savedAt: 0,
      spacingMs: 0,
    };
    open.set(runId, fresh);
    return fresh;
  };

  const drop = (runId: string) => {
    open.delete(runId);
    live.drop(runId);
  };

  return {
    async record(agentId, message) {
      const run = await find(agentId, message);
      if (run === null) return;
      const now = center.now();
      const point = {
        atMs: Math.max(0, now - run.startedAt),
        bytesPerSecond: message.progress.sentPerSecond,
        nodeName: message.progress.nodeName,
      };
      addPoint(run, point);
      live.offer(message.runId, { message, point });
      if (now - run.savedAt < SAVE_EVERY_MS) return;
      run.savedAt = now;
      const { progress, locks } = message;
      const kept = await noteOnRun(
        center.db,
        { id: message.runId, attempt: message.attempt },
        { progress, speedCurve: run.curve, ...(locks === undefined ? {} : { locks }) },
      );
      if (!kept) drop(message.runId);
    },
    drop,
    close: () => live.close(),
  };
}

/** Who has the run in hand: an agent, or the node that fetches. */
function holderOf(row: RunRow): string | null {
  if (row.kind !== 'replicate') return row.agentId;
  const ask = runAsk.parse(row.order);
  return ask.kind === 'replicate' ? ask.nodeId : null;
}

function isActive(row: RunRow): boolean {
  return (ACTIVE_STATES as readonly string[]).includes(row.state);
}

function addPoint(run: OpenRun, point: Point): void {
  const last = run.curve.at(-1);
  if (last !== undefined && point.atMs - last.atMs < run.spacingMs) return;
  run.curve.push(point);
  if (run.curve.length <= MAX_POINTS) return;
  run.curve = run.curve.filter((_, at) => at % 2 === 0);
  run.spacingMs = Math.max(1000, run.spacingMs * 2);
}
