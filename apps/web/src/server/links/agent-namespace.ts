import {
  AGENTS_NAMESPACE,
  agentHandshake,
  agentToCenter,
  centerToAgent,
  type Heartbeat,
} from '@breakwater/contract/agent-messages';
import { Failure } from '@breakwater/domain/failure';
import type { Server, Socket } from 'socket.io';
import { type AgentRecord, isOnline } from '../agents/agents.ts';
import type { BandwidthDesk } from '../bandwidth/bandwidth-desk.ts';
import type { Center } from '../center.ts';
import { createCopyForRun } from '../dispatch/create-copy-for-run.ts';
import { reconcileRuns } from '../dispatch/reconcile-runs.ts';
import { renewRunTokens } from '../dispatch/renew-run-tokens.ts';
import { applyReport } from '../runs/apply-report.ts';
import { remindOfCancels } from '../runs/cancel-run.ts';
import { createProgressBook } from '../runs/progress-book.ts';
import { wakeServer } from '../runs/settle-run.ts';
import { recordSpeed } from '../speeds/record-speed.ts';
import { PROBE_TOKEN_SECONDS } from '../storage-tokens/run-grant.ts';
import { probeTargetsFor } from '../storage-tokens/probe-targets.ts';
import { revokeProbeTokens } from '../storage-tokens/revoke-run-tokens.ts';
import { AgentPresence } from './agent-presence.ts';
import { answerEvents, callRoom } from './event-catalog.ts';
import type { Links } from './links.ts';
import { admit, parseHandshake } from './refuse-handshake.ts';

const CALL_TIMEOUT_MS = 15_000;
/** Probe tokens are replaced at half of their life. */
const PROBE_TARGETS_RENEWAL_MS = (PROBE_TOKEN_SECONDS * 1000) / 2;
const room = (agentId: string) => `agent:${agentId}`;

export interface AgentNamespace {
  call: Links['callAgent'];
  connected: Links['agentConnected'];
  presence: Links['presence'];
  pushProbeTargets(): Promise<void>;
  tick(): Promise<void>;
  close(): void;
}

/** One connection per agent: a newer one replaces the older. Its heartbeats say who is there. */
export function createAgentNamespace(center: Center, io: Server, bandwidth: BandwidthDesk): AgentNamespace {
  const namespace = io.of(AGENTS_NAMESPACE);
  const presence = new AgentPresence(center.config.heartbeatWindowMs);
  const progress = createProgressBook(center);
  /** The socket that counts for each agent connected here, and when it got its probe targets. */
  const current = new Map<string, { socketId: string; targetsAt: number }>();
  /** Not in `socket.data`, which is shown to other instances. */
  const admitted = new WeakMap<Socket, AgentRecord>();
  const ignore = (what: string) => (error: unknown) => center.logger.info({ err: error }, what);

  const call: Links['callAgent'] = (agentId, event, body, timeoutMs = CALL_TIMEOUT_MS) =>
    callRoom(namespace, room(agentId), centerToAgent, event, body, {
      timeoutMs,
      absent: new Failure('agent-offline', 'the agent is not connected', { retryable: true }),
    });

  const sendTargets = async (agentId: string): Promise<void> => {
    await call(agentId, 'probe-targets', await probeTargetsFor(center, agentId));
    const here = current.get(agentId);
    if (here !== undefined) here.targetsAt = center.now();
  };

  const pushProbeTargets = async (): Promise<void> => {
    const agents = await center.agents.all();
    const online = agents.filter(
      (agent) => agent.role === 'source' && isOnline(agent.lastHeartbeatAt, center),
    );
    const pushed = await Promise.allSettled(online.map((agent) => sendTargets(agent.id)));
    for (const one of pushed)
      if (one.status === 'rejected') ignore('an agent got no probe targets')(one.reason);
  };

  const heard = async (agent: AgentRecord, beat: Heartbeat, first: boolean): Promise<void> => {
    const now = center.now();
    const { announce, returned, save } = presence.heard(agent.id, beat, now);
    if (save || returned || first) {
      await center.agents.recordHeartbeat(agent.id, {
        at: new Date(now),
        busy: beat.state === 'busy',
        version: beat.version,
        platform: beat.platform,
        clockOffsetMs: presence.get(agent.id)?.clockOffsetMs ?? null,
      });
    }
    if (announce !== null) center.live.publish('agent', { agentId: agent.id, online: true, state: announce });
    if (returned || first) {
      await wakeServer(center, agent.address);
      await remindOfCancels(center, agent.id);
    }
  };

  const connect = (socket: Socket, agent: AgentRecord): void => {
    let heartbeats = 0;
    const from = () => ({
      agentId: agent.id,
      clockOffsetMs: presence.get(agent.id)?.clockOffsetMs ?? agent.clockOffsetMs,
    });
    answerEvents(
      socket,
      agentToCenter,
      {
        heartbeat: async (beat) => {
          // Taken before the database is asked: the agent reckons its clock's offset from it.
          const receivedAt = center.now();
          heartbeats += 1;
          await heard(agent, beat, heartbeats === 1);
          return { receivedAt };
        },
        report: async (envelope) => {
          const applied = await applyReport(center, from(), envelope);
          if (applied.effect === 'moved' && applied.ended) progress.drop(envelope.runId);
          return {};
        },
        progress: async (body) => {
          await progress.record(agent.id, body);
          return {};
        },
        speed: async (sample) => {
          await recordSpeed(center, agent.id, sample);
          return {};
        },
        'allowed-commands': async (commands) => {
          await center.agents.recordCommands(agent.id, commands);
          return {};
        },
        'renew-tokens': async ({ runId }) => ({ nodes: await renewRunTokens(center, agent.id, runId) }),
        'create-copy': async ({ runId, nodeId }) => {
          await createCopyForRun(center, agent.id, runId, nodeId);
          return {};
        },
      },
      (event, failure) => center.logger.error({ err: failure, agentId: agent.id, event }, 'an event failed'),
    );
    namespace.in(room(agent.id)).except(socket.id).disconnectSockets(true);
    current.set(agent.id, { socketId: socket.id, targetsAt: 0 });
    presence.connected(agent.id, center.now());
    socket.on('disconnect', () => {
      if (current.get(agent.id)?.socketId !== socket.id) return;
      current.delete(agent.id);
      bandwidth.left('agent', agent.id);
      presence.disconnected(agent.id);
    });
    void socket.join(room(agent.id));
    bandwidth.joined('agent', agent.id);
    bandwidth.push().catch(ignore('an agent was not told of its limits yet'));
    if (agent.role === 'source') sendTargets(agent.id).catch(ignore('an agent got no probe targets'));
  };

  namespace.use(
    admit(center.logger, async (socket) => {
      const { agentId, credential } = parseHandshake(agentHandshake, socket.handshake.auth);
      const agent = await center.agents.authenticate(agentId, credential);
      if (agent === null) {
        throw new Failure(
          'unauthenticated',
          'this agent is not enrolled here, or was released: enrol it again',
        );
      }
      admitted.set(socket, agent);
    }),
  );
  namespace.on('connection', (socket) => {
    const agent = admitted.get(socket);
    if (agent !== undefined) connect(socket, agent);
  });

  center.agents.onReleased((agentId) => {
    presence.forget(agentId);
    // Its runs are nobody's now: they end, and their tokens with them.
    Promise.all([revokeProbeTokens(center, agentId), reconcileRuns(center)]).catch((error: unknown) =>
      center.logger.error({ err: error, agentId }, "a released agent's tokens could not be revoked"),
    );
    call(agentId, 'released', { reason: 'an administrator released this agent' }, 2000)
      .catch(ignore('a released agent did not hear of it'))
      .finally(() => namespace.in(room(agentId)).disconnectSockets(true));
  });

  const announceAway = async (agentId: string): Promise<void> => {
    // Another instance may have heard of it meanwhile.
    const record = await center.agents.record(agentId);
    if (record === null || isOnline(record.lastHeartbeatAt, center)) return;
    center.live.publish('agent', { agentId, online: false, state: 'offline' });
    center.live.changed('agents', agentId);
  };

  let remembered = false;
  return {
    call,
    async connected(agentId) {
      if (current.has(agentId)) return true;
      try {
        return (await namespace.in(room(agentId)).fetchSockets()).length > 0;
      } catch (error) {
        // An instance that has just died did not answer; its agents are on their way to another.
        ignore('not every instance could be asked for an agent')(error);
        return false;
      }
    },
    presence: (agentId) => presence.get(agentId),
    pushProbeTargets,
    async tick() {
      if (!remembered) {
        remembered = true;
        // Agents that were online before a restart and do not come back are announced as offline, too.
        for (const agent of await center.agents.all()) {
          const { lastHeartbeatAt, busy, clockOffsetMs } = agent;
          if (lastHeartbeatAt === null || !isOnline(lastHeartbeatAt, center)) continue;
          presence.remember(agent.id, { lastHeartbeatAt: lastHeartbeatAt.getTime(), busy, clockOffsetMs });
        }
      }
      const now = center.now();
      for (const agentId of presence.expire(now)) await announceAway(agentId);
      for (const [agentId, { targetsAt }] of current) {
        if (targetsAt !== 0 && now - targetsAt > PROBE_TARGETS_RENEWAL_MS) {
          await sendTargets(agentId).catch(ignore('an agent got no new probe tokens'));
        }
      }
    },
    close: () => progress.close(),
  };
}
