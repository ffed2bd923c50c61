import type { BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import type { AllowedCommands } from '@breakwater/contract/source-commands';
import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';
import type { AgentModel } from '../db/generated/models/Agent.ts';

export type AgentRecord = AgentModel;

export function findAgent(db: Pick<Database, 'agent'>, id: string): Promise<AgentRecord | null> {
  return db.agent.findUnique({ where: { id } });
}

export function findAgentByAddress(db: Database, address: string): Promise<AgentRecord | null> {
  return db.agent.findUnique({ where: { address } });
}

/** By address; one more than `limit`, to see whether there is a next page. */
export function findAgents(
  db: Database,
  page: { limit: number; after?: string | undefined },
): Promise<AgentRecord[]> {
  return db.agent.findMany({
    where: page.after === undefined ? {} : { address: { gt: page.after } },
    orderBy: { address: 'asc' },
    take: page.limit + 1,
  });
}

export function findAllAgents(db: Database): Promise<AgentRecord[]> {
  return db.agent.findMany({ orderBy: { address: 'asc' } });
}

export async function saveHeartbeat(
  db: Database,
  id: string,
  beat: { at: Date; busy: boolean; version: string; platform: string; clockOffsetMs: number | null },
): Promise<void> {
  const { at, ...rest } = beat;
  await db.agent.updateMany({ where: { id }, data: { lastHeartbeatAt: at, ...rest } });
}

/** What the agent's own list of commands allows. */
export async function saveCommands(
  db: Database,
  id: string,
  commands: AllowedCommands,
  at: Date,
): Promise<void> {
  await db.agent.updateMany({ where: { id }, data: { commands, commandsAt: at } });
}

/** Those with a limit on their bandwidth. */
export async function findLimited(db: Database): Promise<Pick<AgentRecord, 'id' | 'bandwidth'>[]> {
  return db.agent.findMany({
    where: { NOT: { bandwidth: { equals: Prisma.DbNull } } },
    select: { id: true, bandwidth: true },
  });
}

/** What its line may carry, as the API takes it; null: all there is. False when there is no such agent. */
export async function saveBandwidth(
  db: Database,
  id: string,
  limit: BandwidthLimitGiven | null,
): Promise<boolean> {
  const { count } = await db.agent.updateMany({
    where: { id },
    data: { bandwidth: limit ?? Prisma.DbNull },
  });
  return count > 0;
}

/** False when there was none. Its runs and tasks stay. */
export async function deleteAgent(db: Pick<Database, 'agent'>, id: string): Promise<boolean> {
  return (await db.agent.deleteMany({ where: { id } })).count > 0;
}

export interface AgentFigures {
  repositoryId: string | null;
  taskCount: number;
  lastSuccessAt: Date | null;
  protectedBytes: number | null;
}

/** What a list of agents shows beside each, by address, in a fixed number of queries. */
export async function agentFigures(
  db: Database,
  addresses: readonly string[],
): Promise<Map<string, AgentFigures>> {
  const sourceAddress = { in: [...addresses] };
  const [repositories, tasks, successes, sizes] = await Promise.all([
    db.repository.findMany({ where: { sourceAddress }, select: { id: true, sourceAddress: true } }),
    db.task.groupBy({
      by: ['sourceAddress'],
      where: { sourceAddress, deletedAt: null },
      _count: { _all: true },
    }),
    db.run.groupBy({
      by: ['sourceAddress'],
      where: { sourceAddress, kind: 'backup', state: 'succeeded' },
      _max: { endedAt: true },
    }),
    // The newest snapshot of each task of a server, and of each of its commands, is what is protected now.
    db.snapshot.findMany({
      where: { sourceAddress, forgottenAt: null },
      orderBy: { recordedAt: 'desc' },
      distinct: ['sourceAddress', 'taskId', 'command'],
      select: { sourceAddress: true, bytes: true },
    }),
  ]);
  const figures = new Map<string, AgentFigures>();
  for (const address of addresses) {
    const bytes = sizes.filter((one) => one.sourceAddress === address && one.bytes !== null);
    figures.set(address, {
      repositoryId: repositories.find((one) => one.sourceAddress === address)?.id ?? null,
      taskCount: tasks.find((one) => one.sourceAddress === address)?._count._all ?? 0,
      lastSuccessAt: successes.find((one) => one.sourceAddress === address)?._max.endedAt ?? null,
      protectedBytes: bytes.length === 0 ? null : bytes.reduce((sum, one) => sum + Number(one.bytes), 0),
    });
  }
  return figures;
}
