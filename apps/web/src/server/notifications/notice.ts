import type { Event } from '@breakwater/contract/resources';

/** What is told outside: an event, and where to look for more. */
export interface Notice extends Event {
  /** The control center's address, when it is configured. */
  url: string | null;
}
