import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMasterKey, loadMasterKey } from './master-key.ts';
import { open, seal } from './sealed-box.ts';

const key = new Uint8Array(32).fill(7);
const text = new TextEncoder().encode('a password');

describe('sealed box', () => {
  it('opens what it sealed, and seals the same differently each time', () => {
    const one = seal(key, text, 'here');
    expect(open(key, one, 'here')).toEqual(text);
    expect(seal(key, text, 'here')).not.toEqual(one);
    expect(Buffer.from(one).includes('a password')).toBe(false);
    expect(open(key, seal(key, new Uint8Array(0), 'empty'), 'empty')).toEqual(new Uint8Array(0));
  });

  it('does not open with another key, in another place, or after any bit has changed', () => {
    const sealed = seal(key, text, 'here');
    expect(() => open(new Uint8Array(32).fill(8), sealed, 'here')).toThrow(/does not open .* here/);
    expect(() => open(key, sealed, 'there')).toThrow(/does not open/);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => open(key, changed, 'here')).toThrow(/sealed as here/);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, sealed.slice(0, length), 'here')).toThrow(/sealed as here/);
    }
  });
});

describe('master key', () => {
  let dataFolder: string;
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  });
  afterEach(() => rm(dataFolder, { recursive: true }));

  const load = (mayCreate: boolean, masterKey: Uint8Array | null = null) =>
    loadMasterKey({ masterKey, dataFolder }, mayCreate);

  it('is made once, for its owner alone, and found again', async () => {
    const made = load(true);
    const path = join(dataFolder, 'master.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(made.location).toBe(path);
    const before = await readFile(path, 'utf8');
    const again = load(true);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(again.openText(made.sealText('word', 'x'), 'x')).toBe('word');
  });

  it('is not made where something has been sealed already', async () => {
    expect(() => load(false)).toThrow(/put the file back to .*master\.key, or set BREAKWATER_MASTER_KEY/);
    await expect(stat(join(dataFolder, 'master.key'))).rejects.toThrow('ENOENT');
  });

  it('is closed to others where a copy has opened it', async () => {
    const path = join(dataFolder, 'master.key');
    await writeFile(path, 'ab'.repeat(32), { mode: 0o644 });
    load(false);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('comes from the configuration before the file, and then no file is made', async () => {
    const given = load(true, key);
    expect(given.location).toContain('BREAKWATER_MASTER_KEY');
    expect(createMasterKey(key, '').openText(given.sealText('word', 'x'), 'x')).toBe('word');
    await expect(stat(join(dataFolder, 'master.key'))).rejects.toThrow('ENOENT');
  });

  it('derives other keys that differ by purpose', () => {
    const one = createMasterKey(key, '');
    expect(one.derive('a')).toEqual(one.derive('a'));
    expect(one.derive('a')).not.toEqual(one.derive('b'));
    expect(one.derive('a')).not.toEqual(key);
  });
});
