import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type Database = PrismaClient;

/** A pool of connections to the database at `url` (`postgresql://…`). Connects on first use; end it with `$disconnect()`. */
export function createDatabase(url: string): Database {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url }),
    // Dispatchers wait for one another inside transactions: Prisma's own 5 s would end them on a busy machine.
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
  });
}
