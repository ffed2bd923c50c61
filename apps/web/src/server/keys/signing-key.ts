import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type PublicKey, publicKey } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import { calculateJwkThumbprint } from 'jose';
import type { Database } from '../db/client.ts';
import type { MasterKey } from './master-key.ts';
import { findSigningKeys, keepFirstSigningKey, type SigningKeyRecord } from './signing-key-records.ts';

/** The Ed25519 key that signs storage tokens. */
export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  /** Public halves of every key whose tokens nodes are to obey, the signing one first. */
  publicKeys: PublicKey[];
}

/**
 * The signing key, made on the first start and kept sealed. Throws Failure `wrong-password` when the master key does
 * not open it: that is then not the key this database was used with.
 */
export async function loadSigningKey(db: Database, master: MasterKey): Promise<SigningKey> {
  let records = await findSigningKeys(db);
  if (records.length === 0) {
    await keepFirstSigningKey(db, await newKey(master));
    records = await findSigningKeys(db);
  }
  const current = records.find((record) => record.retiredAt === null);
  if (current === undefined) throw new Failure('internal', 'every signing key in the database is retired');
  const others = records.filter((record) => record.kid !== current.kid && record.retiredAt === null);
  return {
    kid: current.kid,
    privateKey: openKey(master, current),
    publicKeys: [current, ...others].map((record) => record.publicJwk),
  };
}

async function newKey(master: MasterKey) {
  const pair = generateKeyPairSync('ed25519');
  const jwk = pair.publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '' });
  return {
    kid,
    publicJwk: publicKey.parse({ ...jwk, kid }),
    sealedJwk: master.sealText(
      JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
      `signing-key/${kid}`,
    ),
  };
}

function openKey(master: MasterKey, record: SigningKeyRecord): KeyObject {
  let jwk: string;
  try {
    jwk = master.openText(record.sealedJwk, `signing-key/${record.kid}`);
  } catch (error) {
    throw new Failure(
      'wrong-password',
      `the master key from ${master.location} is not the one this database was used with: put the right one back; nothing has been changed`,
      { cause: error },
    );
  }
  return createPrivateKey({ key: JSON.parse(jwk), format: 'jwk' });
}
