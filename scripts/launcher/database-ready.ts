import { z } from 'zod';

/** What the keeper of the embedded PostgreSQL tells the launcher once it takes connections. */
export const databaseReady = z.object({ databaseUrl: z.string() });
export type DatabaseReady = z.infer<typeof databaseReady>;
