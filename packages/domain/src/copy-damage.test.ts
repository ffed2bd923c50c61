import { describe, expect, it } from 'vitest';
import {
  type CheckFindings,
  type CopyDamage,
  noteCleared,
  noteFindings,
  noteStoredAgain,
} from './copy-damage.ts';
import type { CheckSubset } from './check-subset.ts';

const pack = (first: string) => first.padEnd(64, '0');
const [A, B, C] = [pack('00'), pack('01'), pack('02')];
const clean: CheckFindings = { packIds: [], packs: 0, errors: 0, read: undefined };
const known: CopyDamage = { foundAt: 100, errors: 3, packIds: [A, B], packs: 2, storedAgainAt: 150 };
const part = (group: number, of: number): CheckSubset => ({ kind: 'group', group, of });

describe('what is known to be damaged after a check', () => {
  it.each<[string, CopyDamage | null, Partial<CheckFindings>, Partial<CopyDamage> | null]>([
    ['nothing, when nothing was and nothing is', null, {}, null],
    [
      'what it found',
      null,
      { packIds: [A], packs: 1, errors: 2 },
      { foundAt: 200, errors: 2, packIds: [A], packs: 1, storedAgainAt: null },
    ],
    ['a lost blob without a pack, too', null, { errors: 1 }, { errors: 1, packIds: [], packs: 0 }],
    ['what was known, when only the structure was looked at', known, {}, known],
    ['nothing more, when all was read and is right', known, { read: null }, null],
    ['what the part that was read does not cover', known, { read: part(1, 2) }, { packIds: [B], packs: 1 }],
    ['all of it after a choice at random', known, { read: { kind: 'percent', percent: 100 } }, known],
    ['nothing more, once every known pack has gone', { ...known, packIds: [], packs: 0 }, {}, null],
    [
      'the same again is no news: what was stored again stays so',
      known,
      { packIds: [A, B], packs: 2, errors: 5, read: null },
      { ...known, errors: 5 },
    ],
    [
      'another pack is news',
      known,
      { packIds: [C], packs: 1, errors: 1, read: part(3, 3) },
      { foundAt: 200, errors: 1, packIds: [A, B, C], packs: 3, storedAgainAt: null },
    ],
    [
      'no more than there is room for, and how many there are',
      null,
      { packIds: [A, B, C], packs: 40, errors: 40 },
      { packIds: [A, B], packs: 40 },
    ],
  ])('%s', (_, before, found, expected) => {
    const limit = 2 + Number(before !== null);
    const after = noteFindings(before, { ...clean, ...found }, 200, limit);
    if (expected === null) expect(after).toBeNull();
    else expect(after).toMatchObject(expected);
  });
});

describe('what is known to be damaged', () => {
  it.each<[string, CopyDamage | null, number, number | null | undefined]>([
    ['nothing is mended where nothing was', null, 200, undefined],
    ['a backup that went out before knew nothing of it', { ...known, storedAgainAt: null }, 99, null],
    ['one that went out after stores it again', { ...known, storedAgainAt: null }, 100, 300],
    ['and so does the next', known, 250, 300],
  ])('after a backup: %s', (_, before, sentAt, expected) => {
    expect(noteStoredAgain(before, sentAt, 300)?.storedAgainAt).toBe(expected);
  });

  it.each<[string, string[], string[]]>([
    ['one that cleared nothing away changes nothing', [], [A, B]],
    ['what it cleared away is gone', [A, B, C], []],
    ['what it had to leave, or was found meanwhile, stays', [A], [B]],
  ])('after a prune: %s', (_, gone, expected) => {
    const after = noteCleared({ ...known, packs: 12 }, gone);
    expect(after).toMatchObject({ packIds: expected, packs: 10 + expected.length });
  });
});
