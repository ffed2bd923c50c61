import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedCommands } from '@breakwater/contract/source-commands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AllowList, describeAllowList } from './allow-list.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  file = join(folder, 'commands.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const print = { kind: 'command', argv: ['/bin/echo', 'hello'] };
const write = async (content: unknown): Promise<void> => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(file, text, { mode: 0o600 });
};
const read = async (entries: object): Promise<AllowList> => {
  await write({ version: 1, ...entries });
  return AllowList.read(file);
};
const refusal = async (entries: object): Promise<string> =>
  read(entries).then(
    () => 'taken',
    (error: Error) => error.message.replace(file, 'FILE'),
  );

describe('the list of allowed commands', () => {
  it('allows nothing where there is no file', async () => {
    const list = await AllowList.read(null);
    expect(list.describe()).toEqual({ sources: [], hooks: [], problem: null });
    expect(() => list.source({ name: 'print', parameters: {} })).toThrow(/without --allow-commands/);
    expect(() => list.hook({ name: 'print', parameters: {} })).toThrow(/without --allow-commands/);
  });

  it('tells names and parameters, and nothing of what is run', async () => {
    const list = await read({
      sources: {
        shop: {
          kind: 'postgresql',
          database: '{database}',
          env: { PGPASSWORD: 'hidden' },
          parameters: { database: { pattern: '[a-z]+', description: 'Which' } },
        },
      },
      hooks: { freeze: { argv: ['/sbin/fsfreeze', '-f', '/srv'], description: 'Freeze /srv' } },
    });
    const told = list.describe();
    expect(allowedCommands.parse(told)).toEqual(told);
    expect(told).toEqual({
      sources: [
        {
          name: 'shop',
          kind: 'postgresql',
          description: null,
          timeoutSeconds: 86_400,
          file: 'shop-{database}.sql',
          parameters: [{ name: 'database', pattern: '[a-z]+', description: 'Which' }],
        },
      ],
      hooks: [{ name: 'freeze', description: 'Freeze /srv', timeoutSeconds: 300, parameters: [] }],
      problem: null,
    });
  });

  it('makes the dump commands of the databases it knows', async () => {
    const list = await read({
      sources: {
        all: { kind: 'postgresql' },
        one: { kind: 'postgresql', database: 'shop', host: '/run/pg', port: 5433, options: ['--schema=a'] },
        my: { kind: 'mysql', database: 'shop', defaultsFile: '/etc/my.cnf' },
        lite: { kind: 'sqlite', database: '/srv/app.db' },
      },
    });
    const argv = (name: string) => list.source({ name, parameters: {} }).spec.argv;
    expect(argv('all')).toEqual(['pg_dumpall', '--no-password']);
    expect(argv('one')).toEqual([
      ...['pg_dump', '--no-password', '--host=/run/pg', '--port=5433', '--schema=a', '--dbname=shop'],
    ]);
    expect(argv('my').slice(0, 2)).toEqual(['mysqldump', '--defaults-extra-file=/etc/my.cnf']);
    expect(argv('my').at(-1)).toBe('shop');
    expect(argv('lite').at(-1)).toBe('/srv/app.db');
    expect(list.source({ name: 'lite', parameters: {} }).path).toBe('/lite.sqlite');
  });

  it('fills parameters into arguments, and only such as their patterns allow', async () => {
    const list = await read({
      sources: {
        rows: {
          ...print,
          argv: ['/bin/echo', '--table={table}', '{}', '$table'],
          file: 'rows/{table}.txt',
          parameters: { table: { pattern: '[a-z.]+|--x|a/b' } },
        },
      },
    });
    const one = (parameters: Record<string, string>) => list.source({ name: 'rows', parameters });
    expect(one({ table: 'users' })).toMatchObject({ path: '/rows/users.txt', label: 'rows table=users' });
    expect(one({ table: 'users' }).spec.argv).toEqual(['/bin/echo', '--table=users', '{}', '$table']);
    expect(() => one({ table: 'users; rm' })).toThrow('does not allow "users; rm" for "table"');
    expect(() => one({ table: 'a/b' })).toThrow('it is part of a file name');
    expect(() => one({ table: '..' })).toThrow('it is part of a file name');
    expect(() => one({})).toThrow('needs a value for "table"');
    expect(() => one({ table: 'a', other: 'b' })).toThrow('no parameter "other"');
    expect(() => one({ table: 'a', constructor: 'b' })).toThrow('no parameter "constructor"');
    expect(() => list.source({ name: 'toString', parameters: {} })).toThrow('has no such source');
    expect(() => list.hook({ name: 'rows', parameters: { table: 'a' } })).toThrow('has no such hook');
  });

  it("keeps the agent's own environment from commands", async () => {
    const list = await read({ sources: { print: { ...print, env: { LANG: 'C', MORE: '1' } } } });
    const { env } = list.source({ name: 'print', parameters: {} }).spec;
    expect(Object.keys(env).sort()).toEqual(['HOME', 'LANG', 'LOGNAME', 'MORE', 'PATH', 'SHELL', 'USER']);
    expect(env).toMatchObject({ LANG: 'C', MORE: '1' });
  });

  it.each([
    [
      { sources: { print: { ...print, argv: ['echo'] } } },
      'sources.print.argv.0 is "echo": expected the absolute',
    ],
    [{ sources: { print: { ...print, argv: [] } } }, 'sources.print.argv is []'],
    [{ sources: { print: { kind: 'oracle' } } }, 'sources.print.kind is "oracle"'],
    [{ sources: { print: { ...print, shell: true } } }, 'sources.print is'],
    [{ sources: { 'No Name': print } }, 'sources.No Name is'],
    [{ sources: { print: { ...print, file: '../x' } } }, 'sources.print.file is "../x"'],
    [{ sources: { print: { ...print, timeoutSeconds: 0 } } }, 'sources.print.timeoutSeconds is 0'],
    [{ sources: { print: { ...print, env: { 'A-B': 'x' } } } }, 'sources.print.env.A-B is hidden'],
    [{ sources: { print: { ...print, user: 'nobody-such' } } }, 'expected an account of this machine'],
    [
      { sources: { print: { ...print, parameters: { x: { pattern: 'a' } } } } },
      'expected {x} in one of the arguments',
    ],
    [
      { sources: { print: { ...print, argv: ['/bin/{x}'], parameters: { x: { pattern: 'a' } } } } },
      'expected not to be part of the program',
    ],
    [
      {
        sources: {
          print: { ...print, argv: ['/bin/echo', '{x}'], file: 'out', parameters: { x: { pattern: 'a' } } },
        },
      },
      'sources.print.file is "out": expected {x} in it',
    ],
    [
      { hooks: { h: { argv: ['/bin/true', '{x}'], parameters: { x: { pattern: '(' } } } } },
      'hooks.h.parameters.x.pattern is "(": expected a regular expression',
    ],
    [{ hooks: { h: { kind: 'command', argv: ['/bin/true'] } } }, 'hooks.h is'],
    [{ version: 2 }, 'version is 2'],
  ])('is refused as a whole, naming what is wrong: %j', async (entries, words) => {
    expect(await refusal(entries)).toContain(words);
  });

  it('is refused with the line where it is not JSON', async () => {
    await write('{\n  "version": 1,\n  "sources": {,}\n}');
    await expect(AllowList.read(file)).rejects.toThrow(/line 3/);
    expect((await describeAllowList(file)).problem).toMatch(/line 3/);
  });

  it('is refused when others may write to it, or to a folder above it', async () => {
    await write({ version: 1, sources: { print } });
    const reasons: (string | null)[] = [];
    for (const [path, mode] of [
      [file, 0o620],
      [file, 0o602],
      [file, 0o644],
      [folder, 0o770],
      [folder, 0o777],
      [folder, 0o1777],
    ] as const) {
      await chmod(file, 0o600);
      await chmod(folder, 0o700);
      await chmod(path, mode);
      const { problem, sources } = await describeAllowList(file);
      expect(sources).toHaveLength(problem === null ? 1 : 0);
      reasons.push(problem?.replace(folder, 'FOLDER').replace(/^.*because of /, '') ?? null);
    }
    const words = 'expected no write right for group and others';
    expect(reasons).toEqual([
      `FOLDER/commands.json: others may write to it (mode 0620), ${words}`,
      `FOLDER/commands.json: others may write to it (mode 0602), ${words}`,
      null,
      `FOLDER: others may write to it (mode 0770), ${words}`,
      `FOLDER: others may write to it (mode 0777), ${words}`,
      null,
    ]);
  });

  it('is looked at where a link leads, and has to be a file', async () => {
    await write({ version: 1, sources: { print } });
    const link = join(folder, 'link');
    await symlink(file, link);
    expect((await describeAllowList(link)).sources).toHaveLength(1);
    await chmod(file, 0o666);
    expect((await describeAllowList(link)).problem).toContain('others may write to it');
    expect((await describeAllowList(folder)).problem).toContain('not a plain file');
    expect((await describeAllowList(join(folder, 'none'))).problem).toContain('no such file');
  });
});
