import type { RunOrder, RunReport } from '@breakwater/contract/agent-run';
import { type RunDetail, runDetail, startRunAnswer } from '@breakwater/contract/run';
import { type TaskAnswer, taskAnswer } from '@breakwater/contract/task';
import {
  type ContractAgent,
  type ContractNode,
  startAgent,
  startNode,
} from '../../links/testing/contract-peers.ts';
import { type Called, startTestCenter, type TestCenter } from '../../testing/start-test-center.ts';

type Ended = Extract<RunReport, { type: 'ended' }>;

const A_YEAR_MS = 365 * 24 * 3_600_000;

/** A control center with one storage node, and servers as tests need them, for what becomes of runs. */
export class RunStage {
  readonly center: TestCenter;
  readonly node: ContractNode;
  readonly #agents: ContractAgent[] = [];
  readonly #clock: { ms: number };
  #servers = 0;

  private constructor(center: TestCenter, node: ContractNode, clock: { ms: number }) {
    this.center = center;
    this.node = node;
    this.#clock = clock;
  }

  /** `farAhead`: the clock will be set far ahead; who was there before it must not look gone until the next heartbeat. */
  static async open({ farAhead = false } = {}): Promise<RunStage> {
    const clock = { ms: 0 };
    const center = await startTestCenter({
      now: () => Date.now() + clock.ms,
      ...(farAhead && { config: { heartbeatWindowMs: A_YEAR_MS } }),
    });
    return new RunStage(center, await startNode(center, 'alpha'), clock);
  }

  /** How far the control center's clock is ahead of the system's. */
  set ahead(ms: number) {
    this.#clock.ms = ms;
  }

  /** After each test: its agents go, and the clock is right again. */
  clear(): void {
    this.ahead = 0;
    for (const agent of this.#agents.splice(0)) agent.close();
  }

  async close(): Promise<void> {
    this.clear();
    this.node.close();
    await this.center.close();
  }

  /** An address that no server has yet. */
  address(): string {
    this.#servers += 1;
    return `server${this.#servers}`;
  }

  /** It is closed after the test. */
  keep(agent: ContractAgent): ContractAgent {
    this.#agents.push(agent);
    return agent;
  }

  async agentThere(): Promise<ContractAgent> {
    const agent = this.keep(await startAgent(this.center, this.address()));
    await this.node.heartbeat();
    return agent;
  }

  call(method: string, path: string, body?: unknown): Promise<Called> {
    return this.center.call(method, path, { token: this.center.admin.apiToken, body });
  }

  async task(sourceAddress: string, more: object = {}): Promise<TaskAnswer> {
    const body = { name: `Task of ${sourceAddress}`, sourceAddress, paths: ['/data'], ...more };
    return (await this.call('POST', '/tasks', body)).as(taskAnswer);
  }

  /** The id of the run that was started, or that waits already. */
  async runNow(taskId: string): Promise<string> {
    return (await this.call('POST', `/tasks/${taskId}/runs`)).as(startRunAnswer).runId;
  }

  async get(runId: string): Promise<RunDetail> {
    return (await this.call('GET', `/runs/${runId}`)).as(runDetail);
  }

  /** A run that an agent of its own has taken. */
  async runInHand(): Promise<{ agent: ContractAgent; order: RunOrder; taskId: string }> {
    const agent = await this.agentThere();
    const { id } = await this.task(agent.address, { ifAgentSilent: 'wait' });
    const sent = agent.nextOrder();
    await this.runNow(id);
    return { agent, order: await sent, taskId: id };
  }

  /** Waits for the run as browsers are told of it: the state is read again at each change. */
  until(runId: string, state: string): Promise<RunDetail> {
    return new Promise((resolve, reject) => {
      const look = () =>
        this.get(runId).then((run) => {
          if (run.state !== state) return;
          detach();
          resolve(run);
        }, reject);
      const detach = this.center.center.live.attach((event, body) => {
        if (event === 'run' && (body as { run: { id: string } }).run.id === runId) void look();
      });
      void look();
    });
  }

  /** A success that left nothing, unless `more` says otherwise. */
  ended(more: Partial<Ended> = {}): Ended {
    return {
      type: 'ended',
      at: Date.now(),
      outcome: 'succeeded',
      reason: null,
      failure: null,
      nodeId: this.node.id,
      snapshotId: null,
      snapshot: null,
      stats: {},
      issues: [],
      issueCount: 0,
      progress: null,
      speedCurve: [],
      ...more,
    };
  }
}

export const started = (): RunReport => ({ type: 'started', at: Date.now() });

/** What a report says of a snapshot that was made. */
export function snapshotOf(id: string): Pick<Ended, 'snapshotId' | 'snapshot'> {
  const facts = { id, time: '2026-11-22T10:00:00Z', hostname: 'h', paths: ['/data'], tree: 'cd'.repeat(32) };
  return { snapshotId: id, snapshot: { ...facts, tags: [], parent: null } };
}
