import type { Overview } from '@breakwater/contract/resources';
import type { Remark, RemarkValue } from '@breakwater/contract/remark';

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
    const key = JSON.stringify([event.level, event.kind, gist(event)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { newest: event, count: 1 });
    else group.count += 1;
  }
  return [...groups.values()];
}

const INSTANT = /^\d{4}-\d\d-\d\dT/;

/** What an event says, less how much and when: missed after 60 s of silence or after 360 s is missed again. */
function gist({ remark, message }: Event): unknown {
  return remark === undefined ? message : remarkGist(remark);
}

function remarkGist({ kind, values }: Remark): unknown {
  return [kind, Object.entries(values).map(([name, value]) => [name, valueGist(value)])];
}

function valueGist(value: RemarkValue): unknown {
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'string') return INSTANT.test(value) ? 'an instant' : value;
  if (value === null || typeof value === 'boolean') return value;
  return Array.isArray(value)
    ? value.map((one) => (typeof one === 'string' ? one : remarkGist(one)))
    : remarkGist(value);
}
