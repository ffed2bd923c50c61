import { type Candidate, rankNodes } from '@breakwater/domain/placement';
import { chooseProbed } from '@breakwater/domain/speed-probe-subset';
import { addSample, emptyWindow, type SpeedWindow } from '@breakwater/domain/speed-window';
import { makeLink, type Weather } from './links.ts';
import { type Seeded, seeded } from './seeded.ts';

const NODES = 1000;
const DAYS = 3;
const DAY = 86_400;
const ROUND_SECONDS = 30;
const BACKUP_EVERY = 3600;
/** An agent that was just enrolled has to learn first. */
const LEARN_SECONDS = 3600;
const PROBE_NOISE = 0.02;
const WARMUP_BYTES = 512 * 1024;
const MEASURE_SECONDS = 0.5;
const BACKUP_BYTES = 20e9;

export interface ProbingCost {
  seconds: number;
  probeBytes: number;
}

/**
 * An agent among a thousand nodes, a backup every hour that each node lacks all of: how long the backups take, and
 * what the probes send, when all nodes are probed in each round and when a few are.
 */
export function manyNodes(weather: Weather, seed: number): { all: ProbingCost; some: ProbingCost } {
  const world = seeded(seed);
  const links = Array.from({ length: NODES }, () =>
    makeLink(weather, 20e6 * Math.exp(0.7 * world.normal()), DAYS + 1, world),
  );
  const follow = (probesAll: boolean): ProbingCost => {
    const random = seeded(seed + 1);
    const windows = new Map<number, SpeedWindow>();
    const best = new Map<number, number>();
    const cost = { seconds: 0, probeBytes: 0 };
    let backupAt = LEARN_SECONDS;
    for (let now = 0; now < DAYS * DAY; now += ROUND_SECONDS) {
      // Of windows that are probed in every round, only the last five rounds before a backup matter.
      const isNear = now >= backupAt - 6 * ROUND_SECONDS;
      const probed = probesAll ? links.map((_, n) => n) : chooseSome(windows, best, random);
      for (const n of probed) {
        const rate = links[n]?.rate(now) ?? 0;
        cost.probeBytes += WARMUP_BYTES + rate * MEASURE_SECONDS;
        if (probesAll && !isNear) continue;
        const window = sampled(windows.get(n), rate, now, random);
        windows.set(n, window);
        best.set(n, Math.max(best.get(n) ?? 0, window.sma ?? 0));
      }
      if (now < backupAt) continue;
      backupAt += BACKUP_EVERY;
      cost.seconds += links[fastest(windows)]?.secondsFor(BACKUP_BYTES, now) ?? 0;
    }
    return cost;
  };
  return { all: follow(true), some: follow(false) };
}

function chooseSome(
  windows: ReadonlyMap<number, SpeedWindow>,
  bestOf: ReadonlyMap<number, number>,
  random: Seeded,
): number[] {
  const known = Array.from({ length: NODES }, (_, n) => ({
    nodeId: `${n}`,
    bytesPerSecond: windows.get(n)?.sma ?? null,
    bestBytesPerSecond: bestOf.get(n) ?? 0,
  }));
  const { best, byLot } = chooseProbed(known, () => random.next());
  return [...best, ...byLot].map(Number);
}

function sampled(window: SpeedWindow | undefined, rate: number, at: number, random: Seeded): SpeedWindow {
  const bytesPerSecond = Math.max(0, rate * (1 + PROBE_NOISE * random.normal()));
  return addSample(window ?? emptyWindow(), { bytesPerSecond, kind: 'probe', at });
}

function fastest(windows: ReadonlyMap<number, SpeedWindow>): number {
  const candidates = [...windows].map(([n, { sma }]): Candidate => {
    const figures = { bytesPerSecond: sma, bytesToSend: BACKUP_BYTES, freeBytes: null, refusal: null };
    return { nodeId: `${n}`, nodeName: `${n}`, ...figures };
  });
  const decision = rankNodes(candidates, { strategy: 'finish-first', pinnedNodeId: null });
  if (!decision.ok) throw new Error(decision.reason);
  return Number(decision.chosen.nodeId);
}
