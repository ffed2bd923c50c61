import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { durationOption } from './duration-option.ts';
import { resolveLocation, resolvePassword } from './repository-access.ts';
import { splitCommand } from './split-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  for (const name of ['REPOSITORY', 'REPOSITORY_FILE', 'PASSWORD', 'PASSWORD_FILE', 'PASSWORD_COMMAND']) {
    vi.stubEnv(`RESTIC_${name}`, '');
    vi.stubEnv(`RESTIC_FROM_${name}`, '');
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function fileOf(content: string | Buffer): string {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return path;
}

it('takes the location from an option, a file or a variable, the command line first', async () => {
  await expect(resolveLocation({})).rejects.toThrow('--repo is missing');
  vi.stubEnv('RESTIC_REPOSITORY', '/from/variable');
  expect(await resolveLocation({})).toBe('/from/variable');
  expect(await resolveLocation({ repo: '/given' })).toBe('/given');
  const file = fileOf('/in file \n');
  expect(await resolveLocation({ repositoryFile: file })).toBe('/in file');
  await expect(resolveLocation({ repo: '/given', repositoryFile: file })).rejects.toThrow(
    '--repository-file',
  );
  vi.stubEnv('RESTIC_REPOSITORY_FILE', file);
  await expect(resolveLocation({})).rejects.toThrow('cannot be used together');
  vi.stubEnv('RESTIC_FROM_REPOSITORY', '/source');
  expect(await resolveLocation({}, 'source')).toBe('/source');
});

it('takes the password from a file, a command or a variable', async () => {
  await expect(resolvePassword({})).rejects.toThrow('RESTIC_PASSWORD');
  vi.stubEnv('RESTIC_PASSWORD', ' kept as it is ');
  expect(await resolvePassword({})).toBe(' kept as it is ');
  const file = fileOf(Buffer.from('\ufefftrimmed \n', 'utf16le'));
  expect(await resolvePassword({ passwordFile: file })).toBe('trimmed');
  expect(await resolvePassword({ passwordCommand: `echo 'of a' "command"` })).toBe('of a command');
  vi.stubEnv('RESTIC_PASSWORD_FILE', file);
  expect(await resolvePassword({})).toBe('trimmed');
  expect(await resolvePassword({ passwordCommand: 'echo given' })).toBe('given');
  vi.stubEnv('RESTIC_PASSWORD_COMMAND', 'echo both');
  await expect(resolvePassword({})).rejects.toThrow('cannot be used together');
  await expect(resolvePassword({ passwordFile: fileOf(' \n') })).rejects.toThrow('is empty');
  await expect(resolvePassword({ passwordCommand: 'sh -c "echo no >&2; exit 3"' })).rejects.toThrow('no');
});

it('splits a command line as restic does', () => {
  expect(splitCommand('--x', ` a  b'c d'"e 'f" `)).toEqual(['a', 'b', 'c d', `e 'f`]);
  expect(splitCommand('--x', String.raw`say \"hi\" x\ y`)).toEqual(['say', '"hi', '"', 'x', 'y']);
  expect(() => splitCommand('--x', `it's`)).toThrow('not closed');
  expect(() => splitCommand('--x', ' ')).toThrow('expected a command');
});

it.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['0', 0],
])('reads the duration %s', (text, ms) => {
  expect(durationOption.parse(text)).toBe(ms);
});

it.each(['', '5', '5 m', 'm5', '5d'])('refuses the duration "%s"', (text) => {
  expect(durationOption.safeParse(text).success).toBe(false);
});
