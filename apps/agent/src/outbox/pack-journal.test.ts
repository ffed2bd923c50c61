import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DatabaseSync, openAgentDatabase } from './agent-database.ts';
import { PackJournal } from './pack-journal.ts';

let folder: string;
let database: DatabaseSync;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  database = openAgentDatabase(folder);
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

it('remembers packs by copy, over restarts, until they are indexed', () => {
  const here = { repositoryId: 'r', nodeId: 'one' };
  const there = { repositoryId: 'r', nodeId: 'two' };
  const before = new PackJournal(database);
  for (const packId of ['a', 'b', 'b', 'c']) before.stored(here, packId);
  before.stored(there, 'a');
  database.close();
  database = openAgentDatabase(folder);
  const after = new PackJournal(database);
  expect([...after.of(here)]).toEqual(['a', 'b', 'c']);
  after.forget(here, ['a', 'c', 'unknown']);
  expect([...after.of(here)]).toEqual(['b']);
  expect([...after.of(there)]).toEqual(['a']);
  expect(after.of({ repositoryId: 'other', nodeId: 'one' }).size).toBe(0);
});
