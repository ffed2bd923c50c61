import { randomUUID } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AGENTS_NAMESPACE,
  agentHandshake,
  agentToCenter,
  answer,
  centerToAgent,
  type Heartbeat,
  type ProbeTargets,
  type SpeedSample,
} from '@breakwater/contract/agent-messages';
import type { RunNode, RunReport, RunReportEnvelope } from '@breakwater/contract/agent-run';
import { agentEnrolment, agentEnrolmentAnswer } from '@breakwater/contract/enrolment';
import type { RunLock, RunProgress } from '@breakwater/contract/run';
import type { AllowedCommands } from '@breakwater/contract/source-commands';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { createRepositoryFiles, type RepositoryFiles } from '@breakwater/restic-format/initial-files';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import { answerNodeEnrolment } from '@breakwater/storage-client/testing/enrolment-server';
import { createTokenSigner, type TokenSigner } from '@breakwater/storage-client/testing/token-signer';
import { type Socket, Server as SocketServer } from 'socket.io';
import type { z } from 'zod';

/** A storage node as this control center offers it. */
export interface OfferedNode {
  nodeId: string;
  name: string;
  /** Where agents find it: behind a throttled link, maybe. */
  url: string;
  /** Where the node itself listens, for the control center's own writing. */
  ownUrl: string;
  hasCopy: boolean;
  refusal: string | null;
}

export const REPOSITORY_PASSWORD = 'correct horse battery';
type Calls = typeof centerToAgent;
type Ended = Extract<RunReport, { type: 'ended' }>;

/** Speaks the contract's part of the control center, so that the agent's own processes can be tried for real. */
export class TestCenter {
  readonly signer: TokenSigner;
  readonly repositoryId = randomUUID();
  readonly nodes: OfferedNode[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly speeds: SpeedSample[] = [];
  readonly progress: { runId: string; attempt: number; progress: RunProgress; locks?: RunLock[] }[] = [];
  readonly allowed: AllowedCommands[] = [];
  /** Reports in the order they were applied, each (runId, attempt, seq) once. */
  readonly reports: RunReportEnvelope[] = [];
  /** All that arrived, repeated ones too. */
  readonly arrivals: RunReportEnvelope[] = [];
  /** Whether reports are acknowledged: what is not is sent again. */
  ackReports = true;
  renewals = 0;
  /** What a handshake is refused with. */
  refuse: Failure | null = null;
  connections = 0;
  readonly #files: RepositoryFiles;
  readonly #credentials = new Map<string, string>();
  readonly #waiting = new Set<() => void>();
  #http: HttpServer | undefined;
  #sockets: SocketServer | undefined;
  #agent: Socket | undefined;
  #port = 0;

  private constructor(signer: TokenSigner, files: RepositoryFiles) {
    this.signer = signer;
    this.#files = files;
  }

  static async start(): Promise<TestCenter> {
    const owner = { hostname: 'center', username: 'test' };
    const files = await createRepositoryFiles(REPOSITORY_PASSWORD, owner);
    const center = new TestCenter(await createTokenSigner(), files);
    await center.open();
    return center;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts listening; after `close` on the same port again. */
  async open(): Promise<void> {
    this.#http = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null');
      const reply = this.#answerEnrolment(request.url ?? '', body);
      response.writeHead(reply === null ? 404 : 201, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply));
    });
    this.#sockets = new SocketServer(this.#http);
    const agents = this.#sockets.of(AGENTS_NAMESPACE);
    agents.use((socket, next) => {
      const handshake = agentHandshake.parse(socket.handshake.auth);
      const known = this.#credentials.get(handshake.agentId) === handshake.credential;
      const refusal = this.refuse ?? (known ? null : new Failure('unauthenticated', 'this agent is unknown'));
      if (refusal === null) next();
      else {
        const { code, message, retryable } = refusal;
        next(Object.assign(new Error(message), { data: { code, message, retryable } }));
      }
    });
    agents.on('connection', (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => this.#http?.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#agent = undefined;
    await this.#sockets?.close();
    this.#http?.closeAllConnections();
  }

  /** Resolves as soon as `find` has a value; looks again whenever something arrives. */
  async until<T>(find: () => T | null | undefined | false): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  ended(runId: string): Promise<Ended> {
    return this.until(() => this.reportsOf(runId).find((report) => report.type === 'ended'));
  }

  reportsOf(runId: string): RunReport[] {
    return this.reports.filter((one) => one.runId === runId).map((one) => one.report);
  }

  /** Calls the connected agent, waiting for one first. Throws what it answered. */
  async call<E extends keyof Calls>(
    event: E,
    body: z.input<Calls[E]['request']>,
  ): Promise<z.output<Calls[E]['answer']>> {
    const socket = await this.until(() => this.#agent);
    const raw = await socket.timeout(30_000).emitWithAck(event, body);
    const reply = answer(centerToAgent[event].answer).parse(raw);
    if (!reply.ok) throw new Failure(reply.failure.code, reply.failure.message, reply.failure);
    return reply.body as z.output<Calls[E]['answer']>;
  }

  /** The nodes as an order or a renewal describes them, with fresh tokens. */
  runNodes(): Promise<RunNode[]> {
    return Promise.all(
      this.nodes.map(async ({ nodeId, name, url, hasCopy, refusal }) => ({
        nodeId,
        nodeName: name,
        url,
        token: await this.token(nodeId, ['read', 'append', 'lock', 'probe']),
        refusal,
        freeBytes: null,
        bytesToSend: null,
        hasCopy,
      })),
    );
  }

  token(nodeId: string, verbs: Parameters<TokenSigner['sign']>[0]['verbs']): Promise<string> {
    return this.signer.sign({ nodeId, repositoryId: this.repositoryId, verbs });
  }

  async sendProbeTargets(pace: Partial<ProbeTargets> = {}): Promise<void> {
    const targets = await Promise.all(
      this.nodes.map(async ({ nodeId, name, url }) => ({
        nodeId,
        nodeName: name,
        url,
        token: await this.signer.sign({ nodeId, verbs: ['probe'] }),
      })),
    );
    await this.call('probe-targets', { intervalMs: 60_000, window: 2, targets, ...pace });
  }

  async createCopy(nodeId: string): Promise<void> {
    const node = this.nodes.find((one) => one.nodeId === nodeId);
    if (node === undefined) throw new Failure('not-found', 'there is no such node');
    const token = await this.token(nodeId, ['create', 'read']);
    const store = createRestStore({ url: `${node.ownUrl}/${this.repositoryId}/`, token: () => token });
    await store.write('keys', this.#files.key.name, [this.#files.key.bytes]);
    await store.write('config', 'config', [this.#files.config]);
    store.close();
    node.hasCopy = true;
  }

  #answerEnrolment(path: string, body: unknown): unknown {
    if (path === '/api/v1/enrol/storage-node') return answerNodeEnrolment(body, this.signer.publicKey);
    if (path !== '/api/v1/enrol/agent') return null;
    const { address } = agentEnrolment.parse(body);
    const made = agentEnrolmentAnswer.parse({ agentId: randomUUID(), credential: randomUUID(), address });
    this.#credentials.set(made.agentId, made.credential);
    return made;
  }

  #serve(socket: Socket): void {
    this.#agent = socket;
    this.connections += 1;
    socket.on('disconnect', () => {
      if (this.#agent === socket) this.#agent = undefined;
    });
    const handlers = {
      heartbeat: (beat: Heartbeat) => {
        this.heartbeats.push(beat);
        return { receivedAt: Date.now() };
      },
      report: (envelope: RunReportEnvelope) => this.#apply(envelope),
      progress: (message: TestCenter['progress'][number]) => {
        this.progress.push(message);
        return {};
      },
      'allowed-commands': (commands: AllowedCommands) => {
        this.allowed.push(commands);
        return {};
      },
      speed: (sample: SpeedSample) => {
        this.speeds.push(sample);
        return {};
      },
      'renew-tokens': async () => {
        this.renewals += 1;
        return { nodes: await this.runNodes() };
      },
      'create-copy': async ({ nodeId }: { nodeId: string }) => {
        await this.createCopy(nodeId);
        return {};
      },
    };
    for (const event of Object.keys(agentToCenter) as (keyof typeof agentToCenter)[]) {
      socket.on(event, async (raw: unknown, acknowledge: (reply: unknown) => void) => {
        const handle = handlers[event] as (body: unknown) => unknown;
        try {
          const body = await handle(agentToCenter[event].request.parse(raw));
          if (body !== undefined) acknowledge({ ok: true, body });
        } catch (error) {
          const { code, message, retryable } = asFailure(error);
          acknowledge({ ok: false, failure: { code, message, retryable } });
        }
        this.#tell();
      });
    }
    this.#tell();
  }

  #apply(envelope: RunReportEnvelope): object | undefined {
    this.arrivals.push(envelope);
    const { runId, attempt, seq } = envelope;
    const seen = this.reports.some(
      (one) => one.runId === runId && one.attempt === attempt && one.seq === seq,
    );
    if (!seen) this.reports.push(envelope);
    return this.ackReports ? {} : undefined;
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const look of waiting) look();
  }
}
