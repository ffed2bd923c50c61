import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAccountNames } from './account-names.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('gives the first name of a number, and none for what is unknown or malformed', () => {
  const passwd = join(folder, 'passwd');
  writeFileSync(
    passwd,
    'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\n#old:x:7:7\nbad line\nx:y:-1:0\nnobody:x:65534:65534::/:\n',
  );
  const names = readAccountNames(passwd, join(folder, 'missing'));
  expect([0, 7, 65534, 4242].map((uid) => names.user(uid))).toEqual(['root', '', 'nobody', '']);
  expect(names.group(0)).toBe('');
});
