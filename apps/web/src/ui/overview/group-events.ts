import type { Overview } from '@breakwater/contract/resources';

type Event = Overview['events'][number];

/** An event and how often it happened among those that are known. */
export interface EventGroup {
  newest: Event;
  count: number;
}

/**
 * What says the same is one line: an hourly backup must not push out the one thing that went wrong. `events` are
 * newest first, and so are the groups, each where its newest event stands.
 */
export function groupEvents(events: readonly Event[]): EventGroup[] {
  const groups = new Map<string, EventGroup>();
  for (const event of events) {
    const key = `${event.level} ${event.kind} ${event.message}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { newest: event, count: 1 });
    else group.count += 1;
  }
  return [...groups.values()];
}
