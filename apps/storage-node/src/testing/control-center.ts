import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { answer } from '@breakwater/contract/agent-messages';
import {
  centerToNode,
  NODES_NAMESPACE,
  type NodeHeartbeat,
  nodeToCenter,
} from '@breakwater/contract/node-messages';
import type { ReplicationEnd } from '@breakwater/contract/replication';
import { Server, type Socket } from 'socket.io';
import type { z } from 'zod';

type Catalog = typeof centerToNode;

export interface TestCenter {
  url: string;
  /** Handshakes of all connections so far. */
  handshakes: unknown[];
  heartbeats: NodeHeartbeat[];
  /** The next heartbeat that comes. */
  nextHeartbeat: () => Promise<NodeHeartbeat>;
  /** Every word of the progress of replications. */
  progress: ReplicationEnd['progress'][];
  nextProgress: () => Promise<ReplicationEnd['progress']>;
  /** The end of a replication, told by now or later. */
  replicationEnded: (runId: string, attempt?: number) => Promise<ReplicationEnd>;
  /** The node's connection, as soon as there is one. */
  connected: () => Promise<Socket>;
  /** Sends a message of the contract and parses the answer with it. */
  call: <Name extends keyof Catalog>(
    name: Name,
    request: z.input<Catalog[Name]['request']>,
  ) => Promise<unknown>;
  /** Refuses handshakes with this from now on; null accepts them. */
  refuseWith: (refusal: { code: string; message: string; retryable: boolean } | null) => void;
  close: () => Promise<void>;
}

export interface TestCenterOptions {
  port?: number;
  /** Answers requests to the API. */
  onRequest?: (request: IncomingMessage, body: unknown) => { status: number; body: unknown };
  /** Added to the time it says that it is. */
  clockMs?: number;
}

/** The control center's side of the contract with nodes, over a real Socket.IO server, and nothing else. */
export async function startTestCenter(options: TestCenterOptions = {}): Promise<TestCenter> {
  const http: HttpServer = createServer(async (request, response) => {
    const reply = options.onRequest?.(request, await json(request).catch(() => null));
    response.writeHead(reply?.status ?? 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply?.body ?? {}));
  });
  const io = new Server(http);
  const handshakes: unknown[] = [];
  const heartbeats: NodeHeartbeat[] = [];
  const progress: ReplicationEnd['progress'][] = [];
  let tellProgress = Promise.withResolvers<ReplicationEnd['progress']>();
  const ends: ReplicationEnd[] = [];
  let tellEnd = Promise.withResolvers<void>();
  const waiting: ((heartbeat: NodeHeartbeat) => void)[] = [];
  let refusal: { code: string; message: string; retryable: boolean } | null = null;
  let arrived = Promise.withResolvers<Socket>();
  const nodes = io.of(NODES_NAMESPACE);
  nodes.use((socket, next) => {
    handshakes.push(socket.handshake.auth);
    if (refusal === null) next();
    else next(Object.assign(new Error(refusal.message), { data: refusal }));
  });
  nodes.on('connection', (socket) => {
    arrived.resolve(socket);
    socket.on('disconnect', () => {
      arrived = Promise.withResolvers<Socket>();
    });
    socket.on('heartbeat', (raw: unknown, acknowledge: (reply: unknown) => void) => {
      const heartbeat = nodeToCenter.heartbeat.request.parse(raw);
      heartbeats.push(heartbeat);
      acknowledge({ ok: true, body: { receivedAt: Date.now() + (options.clockMs ?? 0) } });
      for (const resolve of waiting.splice(0)) resolve(heartbeat);
    });
    socket.on('replication-progress', (raw: unknown, acknowledge: (reply: unknown) => void) => {
      const told = nodeToCenter['replication-progress'].request.parse(raw).progress;
      progress.push(told);
      tellProgress.resolve(told);
      tellProgress = Promise.withResolvers();
      acknowledge({ ok: true, body: {} });
    });
    socket.on('replication-ended', (raw: unknown, acknowledge: (reply: unknown) => void) => {
      ends.push(nodeToCenter['replication-ended'].request.parse(raw));
      acknowledge({ ok: true, body: {} });
      tellEnd.resolve();
      tellEnd = Promise.withResolvers<void>();
    });
  });
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    handshakes,
    heartbeats,
    progress,
    nextProgress: () => tellProgress.promise,
    replicationEnded: async (runId, attempt = 1) => {
      for (;;) {
        const end = ends.find((one) => one.runId === runId && one.attempt === attempt);
        if (end !== undefined) return end;
        await tellEnd.promise;
      }
    },
    nextHeartbeat: () => new Promise((resolve) => waiting.push(resolve)),
    connected: () => arrived.promise,
    call: async (name, request) => {
      const socket = await arrived.promise;
      return answer(centerToNode[name].answer).parse(await socket.timeout(5000).emitWithAck(name, request));
    },
    refuseWith: (next) => {
      refusal = next;
    },
    close: async () => {
      await io.close();
    },
  };
}
