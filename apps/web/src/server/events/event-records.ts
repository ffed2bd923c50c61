import type { Remark } from '@breakwater/contract/remark';
import type { Event } from '@breakwater/contract/resources';
import { event } from '@breakwater/contract/resources';
import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import type { EventModel } from '../db/generated/models/Event.ts';
import { storedRemark } from '../remarks/say.ts';

export type EventStore = Database | Prisma.TransactionClient;

export async function insertEvent(
  store: EventStore,
  one: Pick<Event, 'level' | 'kind' | 'subject'> & { remark: Remark },
  written: { at: Date; untold: boolean },
): Promise<string> {
  const { level, kind, remark, subject } = one;
  const about = { subjectType: subject?.type ?? null, subjectId: subject?.id ?? null };
  const row = await store.event.create({
    data: { ...written, level, kind, message: remark.text, remark, ...about },
  });
  return row.id;
}

/** Newest first: one more than `limit`, to see whether there is a next page. */
export async function findEvents(
  db: Database,
  filter: { limit: number; before?: string | undefined; level?: Event['level'] | undefined },
): Promise<Event[]> {
  const rows = await db.event.findMany({
    where: {
      ...(filter.before === undefined ? {} : { id: { lt: filter.before } }),
      ...(filter.level === undefined ? {} : { level: filter.level }),
    },
    orderBy: { id: 'desc' },
    take: filter.limit + 1,
  });
  return rows.map(eventOf);
}

/** An event with the channels that have already told of it. */
export interface TellableEvent extends Event {
  toldBy: string[];
}

/**
 * Takes an event to tell it, until `until`; null when somebody else is telling it now, or it is not there. Who has
 * taken one says afterwards, by `endTelling`, what became of it.
 */
export async function takeToTell(
  db: Database,
  id: string,
  now: Date,
  until: Date,
): Promise<TellableEvent | null> {
  const { count } = await db.event.updateMany({
    where: { id, OR: [{ tellingUntil: null }, { tellingUntil: { lte: now } }] },
    data: { tellingUntil: until },
  });
  const row = count === 0 ? null : await db.event.findUnique({ where: { id } });
  return row === null ? null : { ...eventOf(row), toldBy: row.notifiedChannels };
}

export async function endTelling(db: Database, id: string, toldByAll: boolean): Promise<void> {
  await db.event.updateMany({
    where: { id },
    data: { tellingUntil: null, ...(toldByAll ? { untold: false } : {}) },
  });
}

/** Events of this time that have to be told and have not been by every channel, oldest first. */
export async function untoldEvents(db: Database, after: Date, limit: number): Promise<string[]> {
  const rows = await db.event.findMany({
    where: { untold: true, at: { gt: after } },
    orderBy: { at: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

export async function markTold(db: Database, id: string, channel: string): Promise<void> {
  await db.event.updateMany({
    where: { id, NOT: { notifiedChannels: { has: channel } } },
    data: { notifiedChannels: { push: channel } },
  });
}

export async function deleteEventsBefore(db: Database, before: Date): Promise<void> {
  await db.event.deleteMany({ where: { at: { lt: before } } });
}

function eventOf(row: EventModel): Event {
  return event.parse({
    id: row.id,
    at: row.at.toISOString(),
    level: row.level,
    kind: row.kind,
    message: row.message,
    remark: storedRemark(row.remark, row.message),
    subject:
      row.subjectType === null || row.subjectId === null
        ? null
        : { type: row.subjectType, id: row.subjectId },
  });
}
