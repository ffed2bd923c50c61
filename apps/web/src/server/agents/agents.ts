import { type BandwidthLimitGiven, bandwidthLimit } from '@breakwater/contract/bandwidth';
import type { Agent } from '@breakwater/contract/resources';
import { type AllowedCommands, allowedCommands, NO_COMMANDS } from '@breakwater/contract/source-commands';
import { Failure } from '@breakwater/domain/failure';
import { hashSecret } from '../auth/secret.ts';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import {
  type AgentFigures,
  type AgentRecord,
  agentFigures,
  deleteAgent,
  findAgent,
  findAgentByAddress,
  findAgents,
  findAllAgents,
  findLimited,
  saveBandwidth,
  saveCommands,
  saveHeartbeat,
} from './agent-records.ts';

export type { AgentRecord } from './agent-records.ts';

export interface AgentHeartbeat {
  /** When we received it. */
  at: Date;
  busy: boolean;
  version: string;
  platform: string;
  clockOffsetMs: number | null;
}

export interface Agents {
  /** Throws Failure `not-found`. */
  get(id: string): Promise<Agent>;
  list(page: { limit: number; after?: string | undefined }): Promise<Agent[]>;
  all(): Promise<AgentRecord[]>;
  record(id: string): Promise<AgentRecord | null>;
  byAddress(address: string): Promise<AgentRecord | null>;
  /** The agent whose credential this is, else null. */
  authenticate(id: string, credential: string): Promise<AgentRecord | null>;
  recordHeartbeat(id: string, beat: AgentHeartbeat): Promise<void>;
  /** What the agent says its own list allows; kept while it is offline. */
  recordCommands(id: string, commands: AllowedCommands): Promise<void>;
  /** Limits on bandwidth, by the ids of those that have one. */
  limits(): Promise<Map<string, BandwidthLimitGiven>>;
  /** Holds all that it sends and fetches to a limit, within a second or so. Throws `not-found`. */
  limit(id: string, bandwidth: BandwidthLimitGiven | null): Promise<Agent>;
  /** Ends an agent's enrolment: its address is free again, its credential worth nothing. Throws `not-found`. */
  release(id: string, by: string): Promise<void>;
  /** Called with the id of each agent that was released, so that its socket can be told and closed. */
  onReleased(listener: (agentId: string) => void): void;
}

export function createAgents(center: Center): Agents {
  const listeners: ((agentId: string) => void)[] = [];
  const shownWithFigures = async (records: AgentRecord[]): Promise<Agent[]> => {
    const figures = await agentFigures(
      center.db,
      records.map((record) => record.address),
    );
    return records.map((record) => agentOf(record, figures.get(record.address), center));
  };
  const get = async (id: string): Promise<Agent> => {
    const record = await findAgent(center.db, id);
    const [agent] = record === null ? [] : await shownWithFigures([record]);
    if (agent === undefined) throw new Failure('not-found', `there is no agent ${id}`);
    return agent;
  };
  return {
    get,
    list: async (page) => shownWithFigures(await findAgents(center.db, page)),
    all: () => findAllAgents(center.db),
    record: (id) => findAgent(center.db, id),
    byAddress: (address) => findAgentByAddress(center.db, address),
    async authenticate(id, credential) {
      const record = await findAgent(center.db, id);
      return record !== null && record.credentialHash === hashSecret(credential) ? record : null;
    },
    recordHeartbeat: (id, beat) => saveHeartbeat(center.db, id, beat),
    async recordCommands(id, commands) {
      await saveCommands(center.db, id, commands, new Date(center.now()));
      center.live.changed('agents', id);
    },
    async limits() {
      const limited = await findLimited(center.db);
      return new Map(limited.map(({ id, bandwidth }) => [id, bandwidthLimit.parse(bandwidth)]));
    },
    async limit(id, bandwidth) {
      if (!(await saveBandwidth(center.db, id, bandwidth))) {
        throw new Failure('not-found', `there is no agent ${id}`);
      }
      center.live.changed('agents', id);
      await center.links.pushBandwidth();
      return get(id);
    },
    async release(id, by) {
      await center.events.withChange(async (tx, tell) => {
        const record = await findAgent(tx, id);
        if (record === null || !(await deleteAgent(tx, id))) {
          throw new Failure('not-found', `there is no agent ${id}`);
        }
        const { address } = record;
        await tell({
          level: 'warn',
          kind: 'agent-released',
          remark: say('agent-released', { by, address }),
          subject: { type: 'address', id: address },
        });
      });
      for (const listener of listeners) listener(id);
      center.live.changed('agents', id);
    },
    onReleased: (listener) => {
      listeners.push(listener);
    },
  };
}

function agentOf(record: AgentRecord, figures: AgentFigures | undefined, center: Center): Agent {
  return {
    id: record.id,
    address: record.address,
    role: record.role === 'maintenance' ? 'maintenance' : 'source',
    state: isOnline(record.lastHeartbeatAt, center) ? (record.busy ? 'busy' : 'idle') : 'offline',
    lastHeartbeatAt: record.lastHeartbeatAt?.toISOString() ?? null,
    version: record.version,
    platform: record.platform,
    clockOffsetMs: record.clockOffsetMs,
    insecureHttp: record.insecureHttp,
    createdAt: record.createdAt.toISOString(),
    repositoryId: figures?.repositoryId ?? null,
    taskCount: figures?.taskCount ?? 0,
    lastSuccessAt: figures?.lastSuccessAt?.toISOString() ?? null,
    protectedBytes: figures?.protectedBytes ?? null,
    commands:
      record.commands === null || record.commandsAt === null
        ? null
        : { ...commandsOf(record), reportedAt: record.commandsAt.toISOString() },
    bandwidth: bandwidthLimit.nullable().parse(record.bandwidth),
  };
}

/** What its server allows, as it last told; nothing before it did. */
export function commandsOf(record: Pick<AgentRecord, 'commands'>): AllowedCommands {
  return record.commands === null ? NO_COMMANDS : allowedCommands.parse(record.commands);
}

/** A peer is online while its last heartbeat is inside the window. */
export function isOnline(lastHeartbeatAt: Date | null, center: Center): boolean {
  return (
    lastHeartbeatAt !== null && center.now() - lastHeartbeatAt.getTime() <= center.config.heartbeatWindowMs
  );
}
