import { z } from 'zod';
import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';

const withNames = {
  agent: { select: { address: true } },
  node: { select: { name: true } },
} as const satisfies Prisma.SpeedInclude;
export type SpeedRow = Prisma.SpeedGetPayload<{ include: typeof withNames }>;

export const recentSamples = z.array(
  z.object({ at: z.string(), bytesPerSecond: z.number(), kind: z.enum(['probe', 'transfer']) }),
);
export type RecentSample = z.infer<typeof recentSamples>[number];
const MAX_RECENT = 30;

/**
 * Adds a sample to a pair's row, in one transaction so that two samples that come together are both kept. False
 * when the agent or the node is no longer enrolled.
 */
export async function addSpeedSample(
  db: Database,
  pair: { agentId: string; nodeId: string },
  sample: { at: Date; bytesPerSecond: number; kind: 'probe' | 'transfer'; sma: number; samples: number },
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const node = await tx.storageNode.findUnique({ where: { id: pair.nodeId }, select: { id: true } });
    if (node === null) return false;
    await tx.speed.createMany({
      data: [{ ...pair, bytesPerSecond: sample.sma, samples: sample.samples, lastSampleAt: sample.at }],
      skipDuplicates: true,
    });
    await tx.$executeRaw`SELECT 1 FROM "speed" WHERE "agentId" = ${pair.agentId}::uuid AND "nodeId" = ${pair.nodeId}::uuid FOR UPDATE`;
    const key = { agentId_nodeId: pair };
    const row = await tx.speed.findUniqueOrThrow({ where: key, select: { recent: true } });
    const { at, bytesPerSecond, kind } = sample;
    const recent = [...recentSamples.parse(row.recent), { at: at.toISOString(), bytesPerSecond, kind }];
    await tx.speed.update({
      where: key,
      data: {
        bytesPerSecond: sample.sma,
        samples: sample.samples,
        lastSampleAt: at,
        recent: recent.slice(-MAX_RECENT),
      },
    });
    return true;
  });
}

/** The highest average of any agent since then, by node id. */
export async function fastestByNode(db: Database, since: Date): Promise<Map<string, number>> {
  const rows = await db.speed.groupBy({
    by: ['nodeId'],
    where: { lastSampleAt: { gte: since } },
    _max: { bytesPerSecond: true },
  });
  return new Map(rows.map((row) => [row.nodeId, row._max.bytesPerSecond ?? 0]));
}

/** By agent's address and node's name; of one agent or of all. */
export async function findSpeeds(db: Database, agentId?: string): Promise<SpeedRow[]> {
  return db.speed.findMany({
    where: agentId === undefined ? {} : { agentId },
    orderBy: [{ agent: { address: 'asc' } }, { node: { name: 'asc' } }],
    include: withNames,
  });
}
