import type { Remark } from '@breakwater/contract/remark';
import type { Event } from '@breakwater/contract/resources';
import { type EventStore, insertEvent } from './event-records.ts';

export interface NewEvent {
  level: Event['level'];
  /** Stable key: `backup-failed`, `agent-released`… */
  kind: string;
  /** The sentence for people. */
  remark: Remark;
  subject?: { type: string; id: string };
  /** Whether it is told by webhook and e-mail. By default errors are. */
  notify?: boolean;
}

export interface WrittenEvent {
  id: string;
  /** It is to be told outside. */
  notify: boolean;
}

/**
 * Writes an event down, in the transaction of what it tells of where there is one: when that has committed, `announce`
 * it. One that is to be told outside is marked so, and will be, whatever happens to this process.
 */
export async function writeEvent(store: EventStore, event: NewEvent, at: Date): Promise<WrittenEvent> {
  const { level, kind, remark, subject = null } = event;
  const notify = event.notify ?? level === 'error';
  const id = await insertEvent(store, { level, kind, remark, subject }, { at, untold: notify });
  return { id, notify };
}
