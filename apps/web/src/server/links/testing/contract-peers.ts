import { generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  AGENTS_NAMESPACE,
  agentToCenter,
  answer,
  centerToAgent,
  type Heartbeat,
} from '@breakwater/contract/agent-messages';
import type { AgentBandwidth, NodeBandwidth } from '@breakwater/contract/bandwidth';
import type { RunOrder, RunReport } from '@breakwater/contract/agent-run';
import { agentEnrolmentAnswer, joinTokenAnswer, nodeEnrolmentAnswer } from '@breakwater/contract/enrolment';
import {
  centerToNode,
  NODES_NAMESPACE,
  type NodeHeartbeat,
  nodeToCenter,
} from '@breakwater/contract/node-messages';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import type { TestCenter } from '../../testing/start-test-center.ts';

type Catalog = Record<string, { request: z.ZodType; answer: z.ZodType }>;
type Reply<T extends z.ZodType> =
  | { ok: true; body: z.output<T> }
  | { ok: false; failure: { code: string; message: string } };

export interface Enrolled {
  id: string;
  credential: string;
}

/** An agent as the contract describes it, whose every word the test chooses. */
export interface ContractAgent extends Enrolled {
  address: string;
  socket: Socket;
  /** Orders as they came, oldest first. */
  orders: RunOrder[];
  cancels: string[];
  /** Every word of the limits on its bandwidth. */
  bandwidth: Arrivals<AgentBandwidth>;
  /** Resolves with the next order that comes; those that came before are in `orders`. */
  nextOrder(): Promise<RunOrder>;
  nextCancel(): Promise<string>;
  /** How it answers the next orders; by default it accepts. */
  respond: (order: RunOrder) => { accepted: boolean; reason: string | null } | 'silence';
  /** Of the paths it is asked to look at, those it says it does not have. */
  missing: Set<string>;
  /** Folders it says are not empty. */
  full: Set<string>;
  heartbeat(more?: Partial<Heartbeat>): Promise<void>;
  report(
    order: { runId: string; attempt: number },
    report: RunReport,
    seq?: number,
  ): Promise<Reply<z.ZodType>>;
  send<E extends keyof typeof agentToCenter>(
    event: E,
    body: unknown,
  ): Promise<Reply<(typeof agentToCenter)[E]['answer']>>;
  close(): void;
}

export async function enrolAgent(
  center: TestCenter,
  address: string,
  role: 'source' | 'maintenance' = 'source',
): Promise<Enrolled> {
  const kind = role === 'source' ? 'agent' : 'maintenance';
  const join = await center.call('POST', '/join-tokens', {
    token: center.admin.apiToken,
    body: { kind },
  });
  const made = await center.call('POST', '/enrol/agent', {
    body: {
      protocolVersion: PROTOCOL_VERSION,
      token: join.as(joinTokenAnswer).token,
      role,
      address,
      version: '0.1.0',
      platform: 'linux test',
      insecureHttp: false,
    },
  });
  const { agentId: id, credential } = made.as(agentEnrolmentAnswer);
  return { id, credential };
}

/** Connects an enrolled agent and sends its first heartbeat. */
export async function connectAgent(
  center: TestCenter,
  enrolled: Enrolled & { address: string },
  more: Partial<Heartbeat> = {},
): Promise<ContractAgent> {
  const socket = connect(center, AGENTS_NAMESPACE, {
    protocolVersion: PROTOCOL_VERSION,
    agentId: enrolled.id,
    credential: enrolled.credential,
    version: '0.1.0',
  });
  const orders = arrivals<RunOrder>();
  const cancels = arrivals<string>();
  const bandwidth = arrivals<AgentBandwidth>();
  let seq = 0;
  const agent: ContractAgent = {
    ...enrolled,
    socket,
    orders: orders.all,
    cancels: cancels.all,
    bandwidth,
    nextOrder: orders.next,
    nextCancel: cancels.next,
    respond: () => ({ accepted: true, reason: null }),
    missing: new Set(),
    full: new Set(),
    send: (event, body) => call(socket, agentToCenter, event, body),
    async heartbeat(beat = {}) {
      const reply = await agent.send('heartbeat', { ...idleHeartbeat(), ...beat });
      if (!reply.ok) throw new Error(reply.failure.message);
    },
    report(order, report, at) {
      seq += 1;
      return agent.send('report', { seq: at ?? seq, runId: order.runId, attempt: order.attempt, report });
    },
    close: () => socket.disconnect(),
  };
  socket.on('run', (raw, ack) => {
    const order = centerToAgent.run.request.parse(raw);
    const response = agent.respond(order);
    orders.add(order);
    if (response !== 'silence') ack({ ok: true, body: response });
  });
  socket.on('cancel', (raw, ack) => {
    cancels.add(centerToAgent.cancel.request.parse(raw).runId);
    ack({ ok: true, body: {} });
  });
  socket.on('bandwidth', (raw, ack) => {
    bandwidth.add(centerToAgent.bandwidth.request.parse(raw));
    ack({ ok: true, body: {} });
  });
  socket.on('examine-paths', (raw, ack) => {
    const { paths } = centerToAgent['examine-paths'].request.parse(raw);
    const broken = paths
      .filter((path) => agent.missing.has(path))
      .map((path) => ({ path, failure: { code: 'path-not-found', message: 'not there', retryable: false } }));
    ack({ ok: true, body: { broken } });
  });
  socket.on('admit-target', (raw, ack) => {
    const { path } = centerToAgent['admit-target'].request.parse(raw);
    const failure = {
      code: 'target-not-empty',
      message: `The folder ${path} is not empty.`,
      retryable: false,
    };
    ack(agent.full.has(path) ? { ok: false, failure } : { ok: true, body: { mode: 'fresh' } });
  });
  socket.on('probe-targets', (raw, ack) => {
    centerToAgent['probe-targets'].request.parse(raw);
    ack({ ok: true, body: {} });
  });
  await connected(socket);
  await agent.heartbeat(more);
  return agent;
}

/** Enrols and connects in one step. */
export async function startAgent(
  center: TestCenter,
  address: string,
  role: 'source' | 'maintenance' = 'source',
): Promise<ContractAgent> {
  return connectAgent(center, { ...(await enrolAgent(center, address, role)), address });
}

export interface ContractNode extends Enrolled {
  name: string;
  socket: Socket;
  revocations: z.output<(typeof centerToNode)['revocations']['request']>[];
  bandwidth: Arrivals<NodeBandwidth>;
  nextRevocations(): Promise<z.output<(typeof centerToNode)['revocations']['request']>>;
  heartbeat(more?: Partial<NodeHeartbeat>): Promise<void>;
  close(): void;
}

/** A storage node that is there and says so; it stores nothing. */
export async function startNode(
  center: TestCenter,
  name: string,
  url = 'http://127.0.0.1:9',
): Promise<ContractNode> {
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const join = await center.call('POST', '/join-tokens', {
    token: center.admin.apiToken,
    body: { kind: 'storage-node' },
  });
  const made = await center.call('POST', '/enrol/storage-node', {
    body: {
      protocolVersion: PROTOCOL_VERSION,
      token: join.as(joinTokenAnswer).token,
      name,
      url,
      version: '0.1.0',
      publicKey: { kty: 'OKP', crv: 'Ed25519', x, kid: randomUUID() },
      insecureHttp: false,
    },
  });
  const { nodeId: id, credential } = made.as(nodeEnrolmentAnswer);
  const socket = connect(center, NODES_NAMESPACE, {
    protocolVersion: PROTOCOL_VERSION,
    nodeId: id,
    credential,
    version: '0.1.0',
  });
  const revocations = arrivals<z.output<(typeof centerToNode)['revocations']['request']>>();
  const bandwidth = arrivals<NodeBandwidth>();
  const node: ContractNode = {
    id,
    credential,
    name,
    socket,
    revocations: revocations.all,
    bandwidth,
    nextRevocations: revocations.next,
    async heartbeat(more = {}) {
      const reply = await call(socket, nodeToCenter, 'heartbeat', { ...nodeBeat(url), ...more });
      if (!reply.ok) throw new Error(reply.failure.message);
    },
    close: () => socket.disconnect(),
  };
  socket.on('revocations', (raw, ack) => {
    revocations.add(centerToNode.revocations.request.parse(raw));
    ack({ ok: true, body: {} });
  });
  socket.on('bandwidth', (raw, ack) => {
    bandwidth.add(centerToNode.bandwidth.request.parse(raw));
    ack({ ok: true, body: {} });
  });
  await connected(socket);
  await node.heartbeat();
  return node;
}

export function idleHeartbeat(): Heartbeat {
  return {
    state: 'idle',
    runs: [],
    version: '0.1.0',
    sentAt: Date.now(),
    clockOffsetMs: 0,
    platform: 'linux test',
  };
}

function nodeBeat(url: string): NodeHeartbeat {
  return {
    sentAt: Date.now(),
    version: '0.1.0',
    capacity: { totalBytes: 1e12, freeBytes: 5e11, reserveBytes: 1e9 },
    repositories: [],
    transfersInFlight: 0,
    health: 'ok',
    healthReason: null,
    clockOffsetMs: 0,
    url,
  };
}

export function connect(center: { url: string }, namespace: string, auth: object, headers = {}): Socket {
  return io(`${center.url}${namespace}`, {
    auth,
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
    transports: ['websocket'],
  });
}

/** Resolves when connected; rejects with the refusal, whose `data` says why. */
export function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
}

async function call<C extends Catalog, E extends keyof C & string>(
  socket: Socket,
  catalog: C,
  event: E,
  body: unknown,
): Promise<Reply<C[E]['answer']>> {
  const entry = catalog[event];
  if (entry === undefined) throw new Error(`no event ${event}`);
  return answer(entry.answer).parse(await socket.timeout(20_000).emitWithAck(event, body)) as Reply<
    C[E]['answer']
  >;
}

export interface Arrivals<T> {
  readonly all: T[];
  add(one: T): void;
  next(): Promise<T>;
  /** One that came, or comes. */
  find(fits: (one: T) => boolean): Promise<T>;
}

/** Keeps what arrives, and lets a test wait for the next. */
function arrivals<T>(): Arrivals<T> {
  const all: T[] = [];
  const waiting: ((one: T) => void)[] = [];
  return {
    all,
    add(one: T) {
      all.push(one);
      waiting.shift()?.(one);
    },
    next: () => new Promise<T>((resolve) => waiting.push(resolve)),
    async find(fits) {
      for (;;) {
        const found = all.find(fits);
        if (found !== undefined) return found;
        await new Promise<T>((resolve) => waiting.push(resolve));
      }
    },
  };
}
