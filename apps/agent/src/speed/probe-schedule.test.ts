import { PROBE_ALL_UP_TO, PROBED_BEST, PROBED_BY_LOT } from '@breakwater/domain/speed-probe-subset';
import { describe, expect, it } from 'vitest';
import { type KnownWindow, ProbeSchedule } from './probe-schedule.ts';

const pace = { intervalMs: 30_000, window: 5 };
const unknown: KnownWindow = { samples: 0, newestAt: null, bytesPerSecond: null, bestBytesPerSecond: 0 };

/** Probes by the schedule for so long, each probe taking a second; how often each node had its turn. */
function follow(count: number, ms: number, speedOf: (n: number) => number) {
  let now = 0;
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const windows = new Map<string, KnownWindow>();
  const schedule = new ProbeSchedule((nodeId) => windows.get(nodeId) ?? unknown, random);
  schedule.setNodes(
    Array.from({ length: count }, (_, n) => `n${n}`),
    pace,
    now,
  );
  const turns = new Map<string, number>();
  while (now < ms) {
    const next = schedule.next(pace, now);
    if (next.kind === 'none') break;
    if (next.kind === 'wait') {
      now = Math.max(now + 1, next.untilMs);
      continue;
    }
    now += 1000;
    const { nodeId } = next;
    const samples = Math.min(pace.window, (windows.get(nodeId)?.samples ?? 0) + 1);
    const bytesPerSecond = speedOf(Number(nodeId.slice(1)));
    windows.set(nodeId, { samples, newestAt: now, bytesPerSecond, bestBytesPerSecond: bytesPerSecond });
    turns.set(nodeId, (turns.get(nodeId) ?? 0) + 1);
    schedule.probed(nodeId, { kind: 'sample' }, pace, now);
  }
  return turns;
}

describe('ProbeSchedule', () => {
  it('probes few nodes all alike: their windows are filled, then once in an interval', () => {
    const turns = follow(5, 300_000, () => 1);
    expect(turns.size).toBe(5);
    // Five at once, and some ten intervals.
    for (const count of turns.values()) expect(count).toBeGreaterThanOrEqual(10);
    for (const count of turns.values()) expect(count).toBeLessThanOrEqual(19);
  });

  it('probes of a thousand the best and a few by lot, and soon knows which are best', () => {
    const hours = 2;
    const turns = follow(1000, hours * 3_600_000, (n) => n);
    const all = [...turns.values()].reduce((sum, count) => sum + count, 0);
    const rounds = (hours * 3600) / 30;
    // A tenth of what probing each once in an interval takes, and less.
    expect(all).toBeLessThan((PROBED_BEST + PROBED_BY_LOT) * rounds * 1.3);
    expect(all).toBeLessThan(1000 * rounds * 0.1);
    expect(turns.size).toBe(1000);
    const best = [...turns].toSorted((a, b) => b[1] - a[1]).slice(0, PROBED_BEST);
    expect(best.map(([nodeId]) => nodeId).toSorted()).toEqual(
      Array.from({ length: PROBED_BEST }, (_, n) => `n${999 - n}`).toSorted(),
    );
  });

  it('lets one that was drawn and told to come later wait for another round', () => {
    const schedule = new ProbeSchedule(
      () => unknown,
      () => 0,
    );
    schedule.setNodes(
      Array.from({ length: PROBE_ALL_UP_TO + 1 }, (_, n) => `n${n}`),
      pace,
      0,
    );
    for (let drawn = 0; drawn < PROBED_BY_LOT; drawn += 1) {
      const next = schedule.next(pace, 0);
      if (next.kind !== 'probe') throw new Error(`${drawn} were drawn`);
      schedule.probed(next.nodeId, { kind: 'later', retryAfterMs: 1000 }, pace, 0);
    }
    expect(schedule.next(pace, 0)).toEqual({ kind: 'wait', untilMs: 22_500 });
    expect(schedule.next(pace, 22_500).kind).toBe('probe');
  });
});
