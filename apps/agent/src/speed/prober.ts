import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeTargets } from '@breakwater/contract/agent-messages';
import { Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { type ProbeOptions, type ProbeOutcome, probe } from '@breakwater/storage-client/probe-client';
import type { Pace } from '@breakwater/storage-client/rate-limit';
import type { ProbePace } from './next-probe.ts';
import { ProbeSchedule } from './probe-schedule.ts';
import type { SpeedTable } from './speed-table.ts';

export interface ProbedNode {
  nodeId: string;
  nodeName: string;
  url: string;
  token: string;
}

export interface ProberOptions {
  table: SpeedTable;
  /** The limit on the server's bandwidth, which probes keep to as well. */
  pace?: Pace;
  /** Probing by itself goes on only while this says so. */
  isIdle: () => boolean;
  logger: Logger;
  now?: () => number;
  random?: () => number;
  probe?: (options: ProbeOptions) => Promise<ProbeOutcome>;
}

/** How long a ranking waits for a node that is busy with other probes. */
const FRESHEN_LIMIT_MS = 10_000;
const IDLE_LOOK_MS = 1000;
const BROKEN_OFF: ProbeOutcome = {
  kind: 'failed',
  failure: new Failure('cancelled', 'the probe was broken off'),
};

/** Measures the way to each node (of very many, to some) while the agent is idle, and on demand before a ranking; one node at a time. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  readonly #schedule: ProbeSchedule;
  #pace: ProbePace = { intervalMs: 30_000, window: 5 };
  #targets = new Map<string, ProbedNode>();
  /** The end of the line: each probe waits for the one before. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Ends a pause or a probe of the loop's own. */
  #nudge = new AbortController();
  #looping: Promise<void> | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const { table, random } = options;
    this.#schedule = new ProbeSchedule((nodeId) => {
      const { samples, sma } = table.window(nodeId);
      return {
        samples: samples.length,
        newestAt: samples.at(-1)?.at ?? null,
        bytesPerSecond: sma,
        bestBytesPerSecond: table.best(nodeId),
      };
    }, random ?? Math.random);
  }

  setTargets(message: ProbeTargets): void {
    this.#pace = { intervalMs: message.intervalMs, window: message.window };
    const { table } = this.#options;
    table.resize(message.window);
    this.#targets = new Map(message.targets.map((target) => [target.nodeId, target]));
    table.keepOnly(new Set(this.#targets.keys()));
    this.#schedule.setNodes([...this.#targets.keys()], this.#pace, this.#now());
    this.nudge();
    this.#looping ??= this.#loop();
  }

  /** Something changed: a run began (its own probe is broken off) or ended. */
  nudge(): void {
    this.#nudge.abort();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.nudge();
    await this.#looping;
    await this.#turn;
  }

  /**
   * Measures those of `nodes` whose windows are stale, one after the other, and says which could not be reached.
   * A node that serves other probes all the while is left as it is.
   */
  async freshen(nodes: readonly ProbedNode[], signal: AbortSignal): Promise<Map<string, string>> {
    const unreachable = new Map<string, string>();
    for (const node of nodes) {
      const until = this.#now() + FRESHEN_LIMIT_MS;
      while (!signal.aborted && this.#options.table.isStale(node.nodeId)) {
        // A probe token serves any agent's probe; a run's own may not.
        const token = this.#targets.get(node.nodeId)?.token ?? node.token;
        const outcome = await this.#measure({ ...node, token }, signal);
        if (outcome.kind === 'failed') unreachable.set(node.nodeId, outcome.failure.message);
        if (outcome.kind !== 'later') break;
        if (this.#now() + outcome.retryAfterMs > until) break;
        await pause(outcome.retryAfterMs, signal);
      }
    }
    return unreachable;
  }

  async #loop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#nudge.signal.aborted) this.#nudge = new AbortController();
      const signal = this.#nudge.signal;
      if (!this.#options.isIdle()) {
        await pause(IDLE_LOOK_MS, signal);
        continue;
      }
      const next = this.#schedule.next(this.#pace, this.#now());
      if (next.kind === 'probe') await this.#probeWhenDue(next.nodeId, signal);
      else await pause(next.kind === 'none' ? 3_600_000 : Math.max(1, next.untilMs - this.#now()), signal);
    }
  }

  async #probeWhenDue(nodeId: string, signal: AbortSignal): Promise<void> {
    const node = this.#targets.get(nodeId);
    if (node === undefined) return;
    const outcome = await this.#measure(node, signal);
    // Broken off for a run: the node stays due.
    if (signal.aborted && outcome.kind === 'failed') return;
    if (outcome.kind === 'failed') {
      this.#options.logger.info({ node: node.nodeName, reason: outcome.failure.message }, 'a probe failed');
    }
    this.#schedule.probed(nodeId, outcome, this.#pace, this.#now());
  }

  #measure(node: ProbedNode, signal: AbortSignal): Promise<ProbeOutcome> {
    const turn = this.#turn.then(async () => {
      // While it waited for its turn a run began, or was cancelled.
      if (signal.aborted) return BROKEN_OFF;
      const run = this.#options.probe ?? probe;
      const { pace, table } = this.#options;
      const outcome = await run({
        url: node.url,
        token: node.token,
        signal,
        ...(pace !== undefined && { pace }),
      });
      if (outcome.kind === 'sample') table.addProbe(node.nodeId, outcome.bytesPerSecond, outcome.limited);
      return outcome;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
