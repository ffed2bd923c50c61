import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramProcess, runProgram } from '@breakwater/storage-client/testing/program-process';
import { joinTokenAnswer } from '@breakwater/contract/enrolment';
import { type RunDetail, runDetail } from '@breakwater/contract/run';
import type { z } from 'zod';
import { startTestCenter, type TestCenter } from './start-test-center.ts';

const FINAL = ['succeeded', 'partial', 'failed', 'cancelled', 'stopped'];

/** A control center with real agents and storage nodes, each a process of its own, enrolled as anyone would. */
export class RealCluster {
  readonly center: TestCenter;
  /** Removed with all that is in it at the end. */
  readonly folder: string;
  readonly #processes: ProgramProcess[] = [];
  readonly #nodes = new Map<string, ProgramProcess>();

  private constructor(center: TestCenter, folder: string) {
    this.center = center;
    this.folder = folder;
  }

  static async start(options: Parameters<typeof startTestCenter>[0] = {}): Promise<RealCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
    return new RealCluster(await startTestCenter(options), folder);
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop('SIGTERM')));
    await this.center.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async startNode(name: string): Promise<void> {
    const data = join(this.folder, name);
    const token = await this.#joinToken('storage-node');
    const where = ['--listen', '127.0.0.1:0', '--public-url', 'http://127.0.0.1:0'];
    await this.#enrol('breakwater-node', [
      ...['enroll', '--server', this.center.url, '--token', token, '--name', name, '--data', data],
      ...where,
    ]);
    this.reviveNode(name);
  }

  /** Runs an enrolled node (again). */
  reviveNode(name: string): void {
    const data = join(this.folder, name);
    const env = { BREAKWATER_PROBE_SHARE: '1' };
    const process = new ProgramProcess('breakwater-node', ['run', '--data', data], env);
    this.#processes.push(process);
    this.#nodes.set(name, process);
  }

  /** `kill -9`. */
  async killNode(name: string): Promise<void> {
    await this.#nodes.get(name)?.stop('SIGKILL');
  }

  async startAgent(address: string, kind: 'agent' | 'maintenance'): Promise<void> {
    const data = join(this.folder, address);
    const token = await this.#joinToken(kind);
    const role = kind === 'maintenance' ? ['--role', 'maintenance'] : [];
    await this.#enrol('breakwater-agent', [
      ...['enroll', '--server', this.center.url, '--token', token, '--address', address, '--data', data],
      ...role,
    ]);
    this.#processes.push(new ProgramProcess('breakwater-agent', ['run', '--data', data]));
  }

  async #enrol(program: 'breakwater-node' | 'breakwater-agent', args: string[]): Promise<void> {
    const enrolled = await runProgram(program, args);
    if (enrolled.code !== 0) throw new Error(`${program} did not enrol: ${JSON.stringify(enrolled)}`);
  }

  async #joinToken(kind: string): Promise<string> {
    return (await this.api('POST', '/join-tokens', joinTokenAnswer, { kind })).token;
  }

  async api<S extends z.ZodType>(
    method: string,
    path: string,
    answer: S,
    body?: unknown,
  ): Promise<z.output<S>> {
    return (await this.call(method, path, body)).as(answer);
  }

  call(method: string, path: string, body?: unknown): ReturnType<TestCenter['call']> {
    return this.center.call(method, path, { token: this.center.admin.apiToken, body });
  }

  /** Looks again at every event browsers are told of, until what is looked at is as wanted. */
  until<T>(look: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const again = () =>
        look().then((value) => {
          if (!wanted(value)) return;
          detach();
          resolve(value);
        }, reject);
      const detach = this.center.center.live.attach(() => void again());
      void again();
    });
  }

  ended(runId: string): Promise<RunDetail> {
    return this.until(
      () => this.api('GET', `/runs/${runId}`, runDetail),
      (run) => FINAL.includes(run.state),
    );
  }
}
