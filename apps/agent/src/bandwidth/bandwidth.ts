import type { AgentBandwidth, HeldBy } from '@breakwater/contract/bandwidth';
import { leastOf } from '@breakwater/domain/bandwidth-limit';
import { LeastPace, type TransferRates } from '@breakwater/storage-client/rate-limit';
import { ScheduledRate } from '@breakwater/storage-client/scheduled-rate';

/** A limit that made somebody wait so short ago is what sets the pace. */
const HOLDS_FOR_MS = 2000;

/** What one run of this agent may take of the line. */
export interface RunBandwidth {
  /** To and from one node: the least of the server's limit, the task's, and its share of the node's. */
  rates(nodeId: string): Required<TransferRates>;
  /** The run's share of the node's own limit, bytes a second; null: it has none now. */
  shareOf(nodeId: string): number | null;
  /** Which limit sets the pace now; null: none does. */
  heldBy(): HeldBy | null;
  close(): void;
}

interface RunLimits {
  task: ScheduledRate;
  nodes: Map<string, ScheduledRate>;
}

/** The limits on this agent's bandwidth as the control center told them last, and who has to keep to them. */
export class Bandwidth {
  /** What all runs and probes together may take. */
  readonly #server = new ScheduledRate();
  readonly #runs = new Map<string, RunLimits>();
  #told: AgentBandwidth | null = null;
  /** Our clock minus the control center's: its clock has the hours. */
  #clockOffsetMs = 0;

  /** They hold at once, for runs that go on too. */
  hear(told: AgentBandwidth): void {
    this.#told = told;
    this.#clockOffsetMs = Date.now() - told.sentAt;
    this.#server.set(told.server, this.#centerNow);
    for (const [runId, limits] of this.#runs) this.#setRun(runId, limits);
  }

  /** Of all that is no run's: probes. */
  get rates(): Required<TransferRates> {
    return { upload: this.#server.upload, download: this.#server.download };
  }

  openRun(runId: string): RunBandwidth {
    const limits: RunLimits = { task: new ScheduledRate(), nodes: new Map() };
    this.#runs.set(runId, limits);
    this.#setRun(runId, limits);
    return {
      rates: (nodeId) => {
        const all = [this.#server, limits.task, this.#rateOfNode(limits, nodeId)];
        return {
          upload: new LeastPace(all.map((one) => one.upload)),
          download: new LeastPace(all.map((one) => one.download)),
        };
      },
      shareOf: (nodeId) => this.#rateOfNode(limits, nodeId).bytesPerSecond,
      heldBy: () => this.#heldBy(limits),
      close: () => {
        this.#runs.delete(runId);
        for (const one of [limits.task, ...limits.nodes.values()]) one.close();
      },
    };
  }

  close(): void {
    this.#server.close();
    for (const { task, nodes } of this.#runs.values())
      for (const one of [task, ...nodes.values()]) one.close();
  }

  readonly #centerNow = (): number => Date.now() - this.#clockOffsetMs;

  #setRun(runId: string, { task, nodes }: RunLimits): void {
    const limit = this.#told?.runs.find((run) => run.runId === runId)?.limit ?? null;
    task.set(limit, this.#centerNow);
    for (const [nodeId, rate] of nodes) this.#setNode(nodeId, rate);
  }

  #setNode(nodeId: string, rate: ScheduledRate): void {
    const shared = this.#told?.nodes.find((node) => node.nodeId === nodeId);
    rate.set(shared?.limit ?? null, this.#centerNow, shared?.sharedBy ?? 1);
  }

  #rateOfNode({ nodes }: RunLimits, nodeId: string): ScheduledRate {
    let rate = nodes.get(nodeId);
    if (rate === undefined) {
      rate = new ScheduledRate();
      nodes.set(nodeId, rate);
      this.#setNode(nodeId, rate);
    }
    return rate;
  }

  #heldBy({ task, nodes }: RunLimits): HeldBy | null {
    const all = [
      { limit: 'server' as const, rate: this.#server },
      { limit: 'task' as const, rate: task },
      ...[...nodes.values()].map((rate) => ({ limit: 'node' as const, rate })),
    ];
    const holding = all
      .filter(({ rate }) => rate.hasHeld(HOLDS_FOR_MS))
      .map(({ limit, rate }) => ({ limit, bytesPerSecond: rate.bytesPerSecond, until: rate.until }));
    const least = leastOf(holding);
    return least === null || least.bytesPerSecond === null
      ? null
      : { ...least, bytesPerSecond: least.bytesPerSecond };
  }
}
