import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const parse = (args: string[], environment: Record<string, string> = {}) =>
  parseOptions(args, { INIT_CWD: '/caller', ...environment }, '/checkout');

it('has defaults that need no environment', () => {
  expect(parse([])).toEqual({
    backupPath: null,
    once: false,
    nodes: 3,
    agents: 1,
    resetAdmin: false,
    dataDir: '/checkout/.breakwater',
    host: '127.0.0.1',
    port: 3000,
    databaseUrl: null,
  });
});

it('takes --reset-admin', () => {
  expect(parse(['--reset-admin']).resetAdmin).toBe(true);
});

it('means relative paths from where the user typed the command', () => {
  expect(parse([], { BREAKWATER_DATA: 'here' }).dataDir).toBe('/caller/here');
  expect(parse([], { BREAKWATER_DATA: '/there' }).dataDir).toBe('/there');
});

it('takes an empty variable for one that is not set', () => {
  expect(parse([], { DATABASE_URL: '', HOST: '', PORT: '', BREAKWATER_DATA: '' })).toEqual(parse([]));
});

it('takes values from files too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  writeFileSync(join(folder, 'url'), 'postgresql://a:b@db/x\n');
  expect(parse([], { DATABASE_URL_FILE: join(folder, 'url') }).databaseUrl).toBe('postgresql://a:b@db/x');
  rmSync(folder, { recursive: true });
});

describe('refuses, naming what was given and what was expected:', () => {
  it.each([
    [['--nodes', '21'], {}, '--nodes is "21": expected a number from 0 to 20.'],
    [['--agents', ''], {}, '--agents has no value: expected a number.'],
    [['--agents', '1.5'], {}, '--agents is "1.5"'],
    [[], { PORT: '70000' }, 'PORT is "70000": expected a number from 1 to 65535.'],
    [['--once'], {}, '--once goes with --backup PATH.'],
    [
      ['--what'],
      {},
      '--what is not an option: expected --backup PATH, --once, --nodes N, --agents N or --reset-admin',
    ],
    [['/etc'], {}, '"/etc" belongs to no option: expected --backup PATH'],
    [['--backup'], {}, '--backup has no value: expected a path.'],
    [['--backup='], {}, '--backup has no value: expected a path.'],
    [['--backup', '--once'], {}, '--backup has no value: expected a path.'],
    [['--once=yes'], {}, '--once is "yes": it takes no value.'],
    [['--reset-admin=me'], {}, '--reset-admin is "me": it takes no value.'],
    [[], { PORT_FILE: '/nowhere/port' }, 'PORT_FILE is "/nowhere/port": it cannot be read'],
    [['--backup', '/', '--nodes', '0'], {}, '--backup needs at least one local node'],
    [['--backup', 'nowhere'], {}, '--backup /caller/nowhere: there is no such file or folder.'],
  ])('%j %j', (args, environment, sentence) => {
    expect(() => parse(args, environment as Record<string, string>)).toThrow(sentence);
  });
});
