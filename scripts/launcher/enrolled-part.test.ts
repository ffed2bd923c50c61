import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { followCenter, listenerOf } from './enrolled-part.ts';

const enrolled = { version: 1, server: 'http://127.0.0.1:3000', insecureHttp: false, credential: 'secret' };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  file = join(folder, 'agent.json');
  writeFileSync(file, JSON.stringify(enrolled), { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

it('changes where the control center is, and nothing else', () => {
  followCenter(file, 'http://127.0.0.1:3100', false);
  const now = JSON.parse(readFileSync(file, 'utf8'));
  expect(now).toEqual({ ...enrolled, server: 'http://127.0.0.1:3100' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['agent.json']);
});

it('allows plain http where the control center has left this machine', () => {
  followCenter(file, 'http://10.0.0.7:3000', true);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    server: 'http://10.0.0.7:3000',
    insecureHttp: true,
  });
});

it('leaves the file alone when nothing has moved', () => {
  const before = statSync(file, { bigint: true });
  followCenter(file, enrolled.server, false);
  expect(statSync(file, { bigint: true }).ino).toBe(before.ino);
  expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(enrolled));
});

it.each([
  ['127.0.0.1:3101', { host: '127.0.0.1', port: 3101 }],
  ['[::1]:0', { host: '::1', port: 0 }],
])('knows where a node listens: %s', (listen, expected) => {
  writeFileSync(file, JSON.stringify({ listen }));
  expect(listenerOf(file)).toEqual(expected);
});
