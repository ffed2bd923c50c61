import type { PublicKey } from '@breakwater/contract/storage-token';
import { publicKey } from '@breakwater/contract/storage-token';
import type { Database } from '../db/client.ts';

export interface SigningKeyRecord {
  kid: string;
  publicJwk: PublicKey;
  sealedJwk: Uint8Array;
  retiredAt: Date | null;
}

/** Newest first. */
export async function findSigningKeys(db: Database): Promise<SigningKeyRecord[]> {
  const rows = await db.signingKey.findMany({ orderBy: { createdAt: 'desc' } });
  return rows.map((row) => ({ ...row, publicJwk: publicKey.parse(row.publicJwk) }));
}

/** Keeps a first key unless another instance has kept one meanwhile. */
export async function keepFirstSigningKey(
  db: Database,
  record: { kid: string; publicJwk: PublicKey; sealedJwk: Uint8Array<ArrayBuffer> },
): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE`;
    if ((await tx.signingKey.count()) === 0) await tx.signingKey.create({ data: record });
  });
}

/** Whether anything in this database is sealed by a master key. */
export async function hasSealedData(db: Database): Promise<boolean> {
  return (await db.signingKey.count()) > 0 || (await db.repository.count()) > 0;
}
