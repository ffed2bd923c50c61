import type { Event } from '@breakwater/contract/resources';
import type { Center } from '../center.ts';
import {
  deleteEventsBefore,
  findEvent,
  findEvents,
  insertEvent,
  markTold,
  type TellableEvent,
} from './event-records.ts';

export type { TellableEvent } from './event-records.ts';

export interface NewEvent {
  level: Event['level'];
  /** Stable key: `run-failed`, `agent-lost`… */
  kind: string;
  /** A sentence for people. */
  message: string;
  subject?: { type: string; id: string };
  /** Whether it is told by webhook and e-mail. By default errors are. */
  notify?: boolean;
}

export interface Events {
  /** Writes the event down, tells the browsers, and has it told outside. Returns its id. */
  record(event: NewEvent): Promise<string>;
  /** Newest first, one more than `limit`. */
  list(filter: {
    limit: number;
    before?: string | undefined;
    level?: Event['level'] | undefined;
  }): Promise<Event[]>;
  find(id: string): Promise<TellableEvent | null>;
  markTold(id: string, channel: string): Promise<void>;
  /** Forgets what is older than a year. */
  forgetOld(): Promise<void>;
}

const KEPT_MS = 365 * 86_400_000;

export function createEvents(center: Center): Events {
  return {
    async record(event) {
      const id = await insertEvent(center.db, event, new Date(center.now()));
      center.live.changed('events', id);
      if (event.notify ?? event.level === 'error') await center.jobs.enqueueNotify(id);
      return id;
    },
    list: (filter) => findEvents(center.db, filter),
    find: (id) => findEvent(center.db, id),
    markTold: (id, channel) => markTold(center.db, id, channel),
    forgetOld: () => deleteEventsBefore(center.db, new Date(center.now() - KEPT_MS)),
  };
}
