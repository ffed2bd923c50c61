import type { Center } from '../center.ts';

/** What the use cases of runs need of the control center. */
export type RunContext = Pick<Center, 'db' | 'jobs' | 'live' | 'events' | 'logger' | 'now'>;
