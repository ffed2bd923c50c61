import type { Event } from '@breakwater/contract/resources';
import type { Center } from '../center.ts';
import type { Prisma } from '../db/generated/client.ts';
import {
  deleteEventsBefore,
  endTelling,
  findEvents,
  markTold,
  takeToTell,
  type TellableEvent,
  untoldEvents,
} from './event-records.ts';
import { type NewEvent, type WrittenEvent, writeEvent } from './write-event.ts';

export type { TellableEvent } from './event-records.ts';

/** Writes an event down in the transaction at hand. */
export type Tell = (event: NewEvent) => Promise<void>;

export interface Events {
  /** Writes the event down, tells the browsers, and has it told outside. Returns its id. */
  record(event: NewEvent): Promise<string>;
  /**
   * Makes a change and writes down what is told by `tell` in the change's own transaction, and announces it once that
   * has committed: nothing happens without being told, and nothing is told that did not happen. Throws what `change`
   * throws; then there is neither.
   */
  withChange<T>(change: (tx: Prisma.TransactionClient, tell: Tell) => Promise<T>): Promise<T>;
  /** The second half of `record`, for an event that was written in a transaction which has committed. */
  announce(event: WrittenEvent): Promise<void>;
  /** Newest first, one more than `limit`. */
  list(filter: {
    limit: number;
    before?: string | undefined;
    level?: Event['level'] | undefined;
  }): Promise<Event[]>;
  /**
   * Has `tell` tell an event outside, alone among all that want to at this moment, and remembers whether it is done
   * with. Does nothing while somebody else tells it. Throws what `tell` throws.
   */
  tell(id: string, tell: (event: TellableEvent) => Promise<void>): Promise<void>;
  markTold(id: string, channel: string): Promise<void>;
  /** Ids of events that have to be told outside and have not been, oldest first. */
  untold(): Promise<string[]>;
  /** Forgets what is older than a year. */
  forgetOld(): Promise<void>;
}

const KEPT_MS = 365 * 86_400_000;
/** Who began to tell an event and says nothing for this long has died of it. */
const TELLING_MS = 2 * 60_000;
/** What could not be told for so long is no news any more. */
const NEWS_MS = 3 * 86_400_000;
const SWEPT_AT_ONCE = 100;

export function createEvents(center: Center): Events {
  const announce = async ({ id, notify }: WrittenEvent): Promise<void> => {
    center.live.changed('events', id);
    if (!notify) return;
    try {
      await center.jobs.enqueueNotify(id);
    } catch (error) {
      center.logger.warn({ err: error, eventId: id }, 'the notify queue took no job; the sweep will tell it');
    }
  };
  return {
    async record(event) {
      const written = await writeEvent(center.db, event, new Date(center.now()));
      await announce(written);
      return written.id;
    },
    async withChange(change) {
      const { done, written } = await center.db.$transaction(async (tx) => {
        const events: WrittenEvent[] = [];
        const result = await change(tx, async (event) => {
          events.push(await writeEvent(tx, event, new Date(center.now())));
        });
        return { done: result, written: events };
      });
      for (const event of written) await announce(event);
      return done;
    },
    announce,
    list: (filter) => findEvents(center.db, filter),
    async tell(id, tell) {
      const now = center.now();
      const event = await takeToTell(center.db, id, new Date(now), new Date(now + TELLING_MS));
      if (event === null) return;
      let done = false;
      try {
        await tell(event);
        done = true;
      } finally {
        await endTelling(center.db, id, done);
      }
    },
    markTold: (id, channel) => markTold(center.db, id, channel),
    untold: () => untoldEvents(center.db, new Date(center.now() - NEWS_MS), SWEPT_AT_ONCE),
    forgetOld: () => deleteEventsBefore(center.db, new Date(center.now() - KEPT_MS)),
  };
}
