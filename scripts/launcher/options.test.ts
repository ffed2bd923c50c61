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
    dataDir: '/checkout/.breakwater',
    host: '127.0.0.1',
    port: 3000,
  });
});

it('means relative paths from where the user typed the command', () => {
  expect(parse([], { BREAKWATER_DATA: 'here' }).dataDir).toBe('/caller/here');
  expect(parse([], { BREAKWATER_DATA: '/there' }).dataDir).toBe('/there');
});

describe('refuses, naming what was given and what was expected:', () => {
  it.each([
    [['--nodes', '21'], {}, '--nodes is "21": expected a number from 0 to 20.'],
    [['--agents', ''], {}, '--agents is "": expected a number from 0 to 20.'],
    [['--agents', '1.5'], {}, '--agents is "1.5"'],
    [[], { PORT: '70000' }, 'PORT is "70000": expected a number from 1 to 65535.'],
    [['--once'], {}, '--once goes with --backup PATH.'],
    [['--what'], {}, "Unknown option '--what'"],
    [['--backup', '/', '--nodes', '0'], {}, '--backup needs at least one local node'],
    [['--backup', 'nowhere'], {}, '--backup /caller/nowhere: there is no such file or folder.'],
  ])('%j %j', (args, environment, sentence) => {
    expect(() => parse(args, environment as Record<string, string>)).toThrow(sentence);
  });
});
