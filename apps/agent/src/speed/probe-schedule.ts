import { chooseProbed, PROBE_ALL_UP_TO } from '@breakwater/domain/speed-probe-subset';
import {
  dueAfter,
  firstDue,
  jittered,
  type NextProbe,
  nextProbe,
  type ProbePace,
  type ProbeResult,
} from './next-probe.ts';

/** What is known of a node's window. */
export interface KnownWindow {
  samples: number;
  newestAt: number | null;
  bytesPerSecond: number | null;
  /** The best average within a day. */
  bestBytesPerSecond: number;
}

/**
 * Which node is probed when. All of them, each in its own interval; where they are too many for that, in each round
 * the best of them and a few by lot. Times in epoch ms; `random` in [0, 1).
 */
export class ProbeSchedule {
  readonly #window: (nodeId: string) => KnownWindow;
  readonly #random: () => number;
  readonly #dueAt = new Map<string, number>();
  #nodeIds: readonly string[] = [];
  /** Of this round, those that one probe is enough for. */
  #once = new Set<string>();
  #roundEndsAt = Number.POSITIVE_INFINITY;

  constructor(window: (nodeId: string) => KnownWindow, random: () => number) {
    this.#window = window;
    this.#random = random;
  }

  setNodes(nodeIds: readonly string[], pace: ProbePace, now: number): void {
    this.#nodeIds = nodeIds;
    const known = new Set(nodeIds);
    for (const nodeId of this.#dueAt.keys()) if (!known.has(nodeId)) this.#dueAt.delete(nodeId);
    if (nodeIds.length > PROBE_ALL_UP_TO) {
      this.#beginRound(pace, now);
      return;
    }
    this.#roundEndsAt = Number.POSITIVE_INFINITY;
    this.#once.clear();
    for (const nodeId of nodeIds) this.#add(nodeId, pace, now);
  }

  next(pace: ProbePace, now: number): NextProbe {
    if (now >= this.#roundEndsAt) this.#beginRound(pace, now);
    const due = [...this.#dueAt].map(([nodeId, dueAt]) => ({ nodeId, dueAt }));
    const next = nextProbe(due, now, this.#random());
    if (next.kind === 'probe' || this.#roundEndsAt === Number.POSITIVE_INFINITY) return next;
    return {
      kind: 'wait',
      untilMs: Math.min(this.#roundEndsAt, next.kind === 'wait' ? next.untilMs : Infinity),
    };
  }

  probed(nodeId: string, result: ProbeResult, pace: ProbePace, now: number): void {
    if (!this.#dueAt.has(nodeId)) return;
    if (this.#once.has(nodeId)) {
      // Told to come later, it has its turn in another round: by then the lot has fallen anew.
      this.#dueAt.delete(nodeId);
      return;
    }
    const { samples } = this.#window(nodeId);
    this.#dueAt.set(nodeId, dueAfter(result, samples, pace, now, this.#random()));
  }

  #add(nodeId: string, pace: ProbePace, now: number): void {
    if (this.#dueAt.has(nodeId)) return;
    this.#dueAt.set(nodeId, firstDue(this.#window(nodeId), pace, now, this.#random()));
  }

  #beginRound(pace: ProbePace, now: number): void {
    const nodes = this.#nodeIds.map((nodeId) => {
      const { bytesPerSecond, bestBytesPerSecond } = this.#window(nodeId);
      return { nodeId, bytesPerSecond, bestBytesPerSecond };
    });
    const { best, byLot } = chooseProbed(nodes, this.#random);
    const chosen = new Set([...best, ...byLot]);
    for (const nodeId of this.#dueAt.keys()) if (!chosen.has(nodeId)) this.#dueAt.delete(nodeId);
    this.#once = new Set(byLot);
    for (const nodeId of best) this.#add(nodeId, pace, now);
    for (const nodeId of byLot) this.#dueAt.set(nodeId, now);
    this.#roundEndsAt = now + jittered(pace.intervalMs, this.#random());
  }
}
