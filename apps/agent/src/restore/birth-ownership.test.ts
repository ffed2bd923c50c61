import { chmodSync, chownSync, closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAt } from '../posix/libc.ts';
import type { Ownership } from './apply-metadata.ts';
import { NEW_FILE_FLAGS } from './apply-metadata.ts';
import { BirthOwnership, PRIVATE_MODE } from './birth-ownership.ts';

const asRoot = process.geteuid?.() === 0;
const rooted = asRoot ? it : it.skip;
let path: string;
let folder: number;
let made = 0;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'breakwater-'));
  folder = openSync(path, 'r');
});
afterEach(() => {
  closeSync(folder);
  rmSync(path, { recursive: true });
});

/** Makes a file as a restore does: with which mode, and what it has and is taken for. */
function born(
  births: BirthOwnership,
  wanted: Ownership | null,
): { mode: number; right: boolean; has: Ownership } {
  made += 1;
  const mode = births.modeFor(folder, wanted);
  const file = openAt(folder, Buffer.from(`file-${made}`), NEW_FILE_FLAGS, mode);
  try {
    const right = births.isRight(folder, file, mode, wanted);
    const { uid, gid, mode: found } = fstatSync(file);
    return { mode, right, has: { uid, gid, mode: found & 0o7777 } };
  } finally {
    closeSync(file);
  }
}

function own(mode: number): Ownership {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mode };
}

it('makes files as they are to be once it has seen the first of a folder', () => {
  const births = new BirthOwnership();
  const wanted = own(0o600 & ~process.umask());
  // The first one shows whose the files are.
  born(births, wanted);
  for (let time = 0; time < 3; time += 1) {
    expect(born(births, wanted)).toEqual({ mode: wanted.mode, right: true, has: wanted });
  }
});

it('takes no file for right that is not: modes that the umask cuts, special bits, other owners, nothing known', () => {
  const births = new BirthOwnership();
  const wishes = [
    own(0o777),
    own(0o666),
    own(0o400),
    own(0o4755),
    own(0o1777),
    { ...own(0o600), uid: 12_345 },
    { ...own(0o600), gid: 12_345 },
    null,
  ];
  for (let time = 0; time < 3; time += 1) {
    for (const wanted of wishes) {
      const { mode, right, has } = born(births, wanted);
      if (right) expect(has).toEqual(wanted);
      // Never more than it is to have in the end.
      else if (wanted === null || wanted.uid !== own(0).uid || wanted.gid !== own(0).gid) {
        expect(mode).toBe(PRIVATE_MODE);
      }
    }
  }
});

rooted('sees that a folder gives its own group to new files (needs root)', () => {
  chownSync(path, 0, 12_345);
  chmodSync(path, 0o2700);
  const births = new BirthOwnership();
  const wanted = own(0o600);
  for (let time = 0; time < 3; time += 1) {
    expect(born(births, wanted)).toMatchObject({ right: false, has: { gid: 12_345 } });
    expect(born(births, { ...wanted, gid: 12_345 }).right).toBe(true);
  }
});
