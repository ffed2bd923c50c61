import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { centerToAgent } from '@breakwater/contract/agent-messages';
import type { centerToNode } from '@breakwater/contract/node-messages';
import { Failure } from '@breakwater/domain/failure';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import type { z } from 'zod';
import { createBandwidthDesk } from '../bandwidth/bandwidth-desk.ts';
import type { Center } from '../center.ts';
import { createAgentNamespace } from './agent-namespace.ts';
import type { Presence } from './agent-presence.ts';
import { createBrowserNamespace } from './browser-namespace.ts';
import { createNodeNamespace } from './node-namespace.ts';
import { admit } from './refuse-handshake.ts';

type ToAgent = typeof centerToAgent;
type ToNode = typeof centerToNode;

/** The Socket.IO connections of agents, nodes and browsers, on whichever instance they are open. */
export interface Links {
  /** Throws Failure `agent-offline`, `timeout`, or what the agent answered. */
  callAgent<E extends keyof ToAgent>(
    agentId: string,
    event: E,
    body: z.input<ToAgent[E]['request']>,
    timeoutMs?: number,
  ): Promise<z.output<ToAgent[E]['answer']>>;
  /** Throws Failure `node-offline`, `timeout`, or what the node answered. */
  callNode<E extends keyof ToNode>(
    nodeId: string,
    event: E,
    body: z.input<ToNode[E]['request']>,
    timeoutMs?: number,
  ): Promise<z.output<ToNode[E]['answer']>>;
  agentConnected(agentId: string): Promise<boolean>;
  /** What this instance heard of an agent itself; null when the agent is connected to another or not at all. */
  presence(agentId: string): Presence | null;
  /** Epoch ms since when peers can reach this process: before that, silence says nothing. */
  readonly listeningSince: number;
  pushProbeTargets(): Promise<void>;
  pushRevocations(): Promise<void>;
  /** Tells those connected here of limits that have changed; other instances see it within a second. */
  pushBandwidth(): Promise<void>;
  /** Takes connections on this server, beside what else it answers. */
  attach(server: HttpServer | HttpsServer): void;
  /** Ends every connection of this instance. The HTTP server itself stays the caller's to close. */
  close(): Promise<void>;
}

/** An outcome with a thousand issues whose paths are as long as paths get. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const TICK_MS = 1000;

/** Nothing is opened before the first use: the other parts of the center may not be there yet. */
export function createLinks(center: Center): Links {
  let opened: ReturnType<typeof open> | undefined;
  const links = () => {
    opened ??= open(center);
    return opened;
  };
  return {
    callAgent: (...call) => links().agents.call(...call),
    callNode: (...call) => links().nodes.call(...call),
    agentConnected: (agentId) => links().agents.connected(agentId),
    presence: (agentId) => links().agents.presence(agentId),
    get listeningSince() {
      return opened?.listeningSince ?? center.now();
    },
    pushProbeTargets: () => links().agents.pushProbeTargets(),
    pushRevocations: () => links().nodes.pushRevocations(),
    pushBandwidth: () => links().bandwidth.push(),
    attach(server) {
      links().io.attach(server);
      links().listeningSince = center.now();
    },
    close: async () => opened?.close(),
  };
}

function open(center: Center) {
  const redis = center.config.redisUrl === null ? null : new Redis(center.config.redisUrl);
  redis?.on('error', (error) => center.logger.warn({ err: error }, 'the sockets have lost Redis'));
  const io = new Server({
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    // Next.js has upgrades of its own on this server.
    destroyUpgrade: false,
    ...(redis === null ? {} : { adapter: createAdapter(redis) }),
  });
  // The default namespace: everybody who has business here names a namespace that asks who they are.
  io.use(
    admit(center.logger, async () => {
      throw new Failure('unauthenticated', 'there is nothing to connect to in this namespace');
    }),
  );
  const bandwidth = createBandwidthDesk(center, {
    callAgent: (...call) => agents.call(...call),
    callNode: (...call) => nodes.call(...call),
  });
  const agents = createAgentNamespace(center, io, bandwidth);
  const nodes = createNodeNamespace(center, io, bandwidth, {
    onNodesChanged: () => agents.pushProbeTargets(),
  });
  const browsers = createBrowserNamespace(center, io);
  const report = (error: unknown) => center.logger.error({ err: error }, 'looking after the links failed');
  const timer = setInterval(() => {
    for (const part of [agents, nodes, browsers]) part.tick().catch(report);
    bandwidth.push().catch(report);
  }, TICK_MS);
  timer.unref();
  return {
    io,
    agents,
    nodes,
    bandwidth,
    listeningSince: center.now(),
    async close() {
      clearInterval(timer);
      agents.close();
      nodes.close();
      browsers.close();
      // Not io.close(): that would also close the HTTP server, which is not ours.
      io.disconnectSockets(true);
      io.engine?.close();
      for (const namespace of io._nsps.values()) await namespace.adapter.close();
      redis?.disconnect();
    },
  };
}
