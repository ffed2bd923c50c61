import type { Event } from '@breakwater/contract/resources';
import { event } from '@breakwater/contract/resources';
import type { Database } from '../db/client.ts';
import type { EventModel } from '../db/generated/models/Event.ts';
import type { NewEvent } from './events.ts';

export async function insertEvent(db: Database, one: NewEvent, at: Date): Promise<string> {
  const { level, kind, message } = one;
  const subject = { subjectType: one.subject?.type ?? null, subjectId: one.subject?.id ?? null };
  const row = await db.event.create({ data: { at, level, kind, message, ...subject } });
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

export async function findEvent(db: Database, id: string): Promise<TellableEvent | null> {
  const row = await db.event.findUnique({ where: { id } });
  return row === null ? null : { ...eventOf(row), toldBy: row.notifiedChannels };
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
    subject:
      row.subjectType === null || row.subjectId === null
        ? null
        : { type: row.subjectType, id: row.subjectId },
  });
}
