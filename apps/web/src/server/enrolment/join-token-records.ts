import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';
import type { Events } from '../events/events.ts';
import type { NewEvent } from '../events/write-event.ts';
import type { JoinTokenModel } from '../db/generated/models/JoinToken.ts';

export type JoinTokenRecord = JoinTokenModel;

export async function insertJoinToken(
  db: Pick<Database, 'joinToken'>,
  token: { kind: string; address: string | null; secretHash: string; expiresAt: Date },
): Promise<void> {
  await db.joinToken.create({ data: token });
}

export function findJoinToken(db: Database, secretHash: string): Promise<JoinTokenRecord | null> {
  return db.joinToken.findUnique({ where: { secretHash } });
}

export type EnrolOutcome = { outcome: 'enrolled'; id: string } | { outcome: 'used' } | { outcome: 'taken' };

type AgentData = Prisma.AgentUncheckedCreateInput;
type NodeData = Prisma.StorageNodeUncheckedCreateInput;

/**
 * Uses up the token, by compare-and-set, and enrols, both or neither: of two at once one wins, and a token whose
 * address or name turned out to be taken is still good. `eventOf`: what is told of it, in the same transaction.
 */
export async function enrolWithToken(
  events: Pick<Events, 'withChange'>,
  tokenId: string,
  now: Date,
  enrol: { agent: AgentData } | { node: NodeData },
  eventOf: (id: string) => NewEvent,
): Promise<EnrolOutcome> {
  try {
    return await events.withChange(async (tx, tell): Promise<EnrolOutcome> => {
      const used = await tx.joinToken.updateMany({
        where: { id: tokenId, usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now },
      });
      if (used.count === 0) return { outcome: 'used' };
      const row =
        'agent' in enrol
          ? await tx.agent.create({ data: enrol.agent })
          : await tx.storageNode.create({ data: enrol.node });
      await tell(eventOf(row.id));
      return { outcome: 'enrolled', id: row.id };
    });
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') {
      return { outcome: 'taken' };
    }
    throw error;
  }
}

/** Tokens that can no longer be used. */
export async function deleteOldJoinTokens(db: Database, expiredBefore: Date): Promise<void> {
  await db.joinToken.deleteMany({ where: { expiresAt: { lt: expiredBefore } } });
}
