import { hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { open, seal } from './sealed-box.ts';

/** Seals what must not lie open in the database. */
export interface MasterKey {
  seal(plain: Uint8Array, context: string): Uint8Array<ArrayBuffer>;
  open(sealed: Uint8Array, context: string): Uint8Array<ArrayBuffer>;
  sealText(plain: string, context: string): Uint8Array<ArrayBuffer>;
  openText(sealed: Uint8Array, context: string): string;
  /** 32 bytes for another purpose, from which the master key cannot be found. */
  derive(purpose: string): Uint8Array;
  /** Where it is kept, in words for the settings page. */
  location: string;
}

export function createMasterKey(key: Uint8Array, location: string): MasterKey {
  return {
    seal: (plain, context) => seal(key, plain, context),
    open: (sealed, context) => open(key, sealed, context),
    sealText: (plain, context) => seal(key, new TextEncoder().encode(plain), context),
    openText: (sealed, context) => new TextDecoder().decode(open(key, sealed, context)),
    derive: (purpose) => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), purpose, 32)),
    location,
  };
}

/**
 * The master key from the configuration, else from `master.key` (64 hex digits, 0600) in the data folder, which is
 * made when it is missing and `mayCreate` says that nothing has been sealed yet. It is never overwritten: without
 * it every repository password is lost.
 */
export function loadMasterKey(
  config: { masterKey: Uint8Array | null; dataFolder: string },
  mayCreate: boolean,
): MasterKey {
  if (config.masterKey !== null)
    return createMasterKey(config.masterKey, 'the environment (BREAKWATER_MASTER_KEY)');
  const path = join(config.dataFolder, 'master.key');
  const text = readIfThere(path) ?? (mayCreate ? createFile(config.dataFolder, path) : null);
  if (text === null) {
    throw new Failure(
      'wrong-password',
      `the database holds sealed passwords, but there is no master key: put the file back to ${path}, or set BREAKWATER_MASTER_KEY`,
    );
  }
  if (!/^[0-9a-f]{64}$/i.test(text.trim())) {
    throw new Failure(
      'wrong-password',
      `${path} is not a master key: expected 64 hex digits; put the right file back`,
    );
  }
  // Others must not be able to read it, whatever a copy or a restore has made of its mode.
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return createMasterKey(new Uint8Array(Buffer.from(text.trim(), 'hex')), path);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Failure('unavailable', `the master key ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Linked into place whole, and only if no other process was first. */
function createFile(folder: string, path: string): string {
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished);
  }
  return readFileSync(path, 'utf8');
}
