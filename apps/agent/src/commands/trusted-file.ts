import { constants, type Stats } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { reasonOf } from '../backup/file-issues.ts';

const MAX_BYTES = 1024 * 1024;
const STICKY = 0o1000;

/**
 * Reads a file that decides what may run here: it must belong to root or to this process's user, nobody else may
 * write to it, and nobody else may put another in its place. Throws `command-not-allowed` naming what is wrong.
 */
export async function readTrustedFile(path: string): Promise<string> {
  let real: string;
  try {
    real = await realpath(path);
    for (let folder = dirname(real); ; folder = dirname(folder)) {
      const about = await lstat(folder);
      // In a sticky folder such as /tmp others cannot replace what is not theirs.
      refuseOthers(folder, about, (about.mode & STICKY) !== 0);
      if (folder === dirname(folder)) break;
    }
    // What was looked at is what is read: no link in between, and no second look by name.
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const about = await file.stat();
      if (!about.isFile()) throw untrusted(real, 'it is not a plain file');
      refuseOthers(real, about, false);
      if (about.size > MAX_BYTES)
        throw untrusted(real, `it has ${about.size} bytes, expected at most ${MAX_BYTES}`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw untrusted(path, reasonOf(error).toLowerCase(), error);
  }
}

function refuseOthers(path: string, { uid, mode }: Stats, mayBeWritten: boolean): void {
  const own = process.getuid?.() ?? 0;
  if (uid !== 0 && uid !== own) {
    throw untrusted(path, `it belongs to user ${uid}, expected root or the agent's own user (${own})`);
  }
  if (!mayBeWritten && (mode & 0o022) !== 0) {
    const has = (mode & 0o7777).toString(8).padStart(4, '0');
    throw untrusted(
      path,
      `others may write to it (mode ${has}), expected no write right for group and others`,
    );
  }
}

function untrusted(path: string, why: string, cause?: unknown): Failure {
  return new Failure('command-not-allowed', `No command is allowed because of ${path}: ${why}`, { cause });
}
