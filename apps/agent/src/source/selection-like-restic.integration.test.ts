import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { Repository } from '@breakwater/restic-format/repository';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { backUp } from '../backup/back-up.ts';
import { addBackupOptions, backupOptions } from '../repo/backup-options.ts';
import { collectRules, collectSources } from '../repo/backup-sources.ts';
import { createRepository, openWithIndex } from '../testing/work-repository.ts';

/**
 * Each row: options as on the command line, after which both programs must have taken the same. @ is the source
 * folder, % a folder of lists. Rows without -- back up the source folder.
 */
const TABLE: string[][] = [
  [],
  ['-e', '*.tmp'],
  ['-e', '*.TXT'],
  ['--iexclude', '*.TXT'],
  ['--iexclude', '@/WORK/LIB'],
  ['--iexclude', 'STRASSE.txt'],
  ['--iexclude', 'σασ'],
  ['--iexclude', 'ix'],
  ['--iexclude', '*.TXT', '--iexclude', '!B.txt', '-e', 'a*'],
  ['-e', 'foo'],
  ['-e', 'foo/bar'],
  ['-e', 'foo/**/bar'],
  ['-e', '@/foo/**/bar'],
  ['-e', 'foo/**/z/**/q'],
  ['-e', '/**/y/**/q'],
  ['-e', '/**/z/**/q'],
  ['-e', '/**/bar/**/q'],
  ['-e', '@/**/bar/**/q'],
  ['-e', '@/foo/**/bar/**/baz'],
  ['-e', '@/**/foo/**/z/**/q'],
  ['-e', '**/foo/**/**/q'],
  ['-e', '/**/**/**/**/**/**/b.o'],
  ['-e', '**/bar/**'],
  ['-e', '@/**/bar'],
  ['-e', 'work/**'],
  ['-e', '@/work/*'],
  ['-e', '@/work/*/'],
  ['-e', '@/wor'],
  ['-e', '/work'],
  ['-e', '@/foo/../work'],
  ['-e', './work'],
  ['-e', 'work//lib'],
  ['-e', 'wo[qr]k'],
  ['-e', 'wo[^qr]k'],
  ['-e', '?.t*'],
  ['-e', 'star\\*.txt'],
  ['-e', 'star*.txt'],
  ['-e', '\\[x\\].txt'],
  ['-e', '[[]x].txt'],
  ['-e', 'not ?tf8*'],
  ['-e', 'not utf8 ?'],
  ['-e', 'back\\\\slash'],
  ['-e', 'foo bar.txt'],
  ['-e', '#comment'],
  ['-e', ''],
  ['-e', 'source/*', '-e', '!foo', '-e', '!a.txt'],
  ['-e', '*.o', '-e', '!b.o'],
  ['-e', '!b.o', '-e', '*.o'],
  ['-e', 'work', '-e', '!work/lib'],
  ['-e', '@/*', '-e', '!@/work', '-e', '!@/foo', '-e', '*.o'],
  ['--exclude-file', '%/patterns'],
  ['--exclude-file', '%/patterns', '-e', '!a.txt'],
  ['--iexclude-file', '%/patterns'],
  ['--exclude-file', '%/utf-16'],
  ['--exclude-caches'],
  ['--exclude-if-present', '.nobackup'],
  ['--exclude-if-present', '.tag:HEAD'],
  ['--exclude-if-present', '.tag', '--exclude-caches'],
  ['--exclude-larger-than', '1000'],
  ['--exclude-larger-than', '1k', '-e', 'foo'],
  ['--exclude-larger-than', '2048B'],
  ['-x'],
  ['-x', '--', '@/work', '@/foo', '/proc/sys/kernel/ostype'],
  ['--files-from', '%/globs', '--'],
  ['--files-from-verbatim', '%/verbatim', '--'],
  ['--files-from-raw', '%/raw', '--'],
  ['--files-from', '%/globs', '--files-from-raw', '%/raw', '--', '@/foo'],
];

const CACHE_SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';

function fill(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    const whole = Buffer.from(`${folder}/${path}`, 'latin1');
    mkdirSync(whole.subarray(0, whole.lastIndexOf(0x2f)), { recursive: true });
    writeFileSync(whole, content);
  }
}

/** The table's text holds bytes as latin1 characters. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

describeWithRestic('what a backup takes', () => {
  let restic: StockRestic;
  let source: string;
  let lists: string;
  let repository: Repository;

  beforeAll(async () => {
    restic = await StockRestic.create({ BW_NAME: 'work' });
    vi.stubEnv('BW_NAME', 'work');
    source = join(restic.root, 'source');
    lists = join(restic.root, 'lists');
    fill(source, {
      'a.txt': 'a',
      'b.TXT': 'b',
      'c.tmp': 'c',
      'foo bar.txt': 'd',
      'star*.txt': 'e',
      'star1.txt': 'f',
      '[x].txt': 'g',
      'back\\slash': 'h',
      '#comment': 'i',
      'not utf8 \xff': 'j',
      'big 1024': 'k'.repeat(1024),
      'big 1025': 'l'.repeat(1025),
      'big 3000': 'm'.repeat(3000),
      [utf8('Äö/straße.TXT')]: 'n',
      [utf8('ΣΑΣ')]: 'o',
      [utf8('İx')]: 'p',
      'cache/CACHEDIR.TAG': `${CACHE_SIGNATURE}\n# more`,
      'cache/x': 'q',
      'cache/sub/y': 'r',
      'no cache/CACHEDIR.TAG': 'Signature: 8a47',
      'no cache/z': 's',
      'nobackup/.nobackup': '',
      'nobackup/secret': 't',
      'nobackup/deep/er': 'u',
      'tagged/.tag': 'HEAD and more',
      'tagged/in': 'v',
      'untagged/.tag': 'HEA',
      'untagged/in': 'w',
      'foo/bar/baz': 'x',
      'foo/x/bar/baz': 'y',
      'foo/x/y/z/bar/q': 'z',
      'work/a.o': '1',
      'work/lib/b.o': '2',
      'work/lib/c.c': '3',
      'work/LIB/d.c': '4',
    });
    symlinkSync('a.txt', join(source, 'link'));
    symlinkSync('nowhere', join(source, 'dangling.tmp'));
    mkdirSync(lists);
    const put = (name: string, content: string | Buffer): void => writeFileSync(join(lists, name), content);
    const patterns = [
      '# a comment',
      '',
      '  *.tmp  ',
      `${source}/$BW_NAME/lib`,
      'b.$$x',
      ['f$', '{BW_GONE}oo/bar'].join(''),
      'a.txt\r',
      'cost $ 5',
    ];
    put('patterns', `\ufeff${patterns.join('\n')}`);
    put('globs', `# no\n${source}/wo*/a.?\n ${source}/[fq]oo/x/* \n${source}/a.txt\n${source}/none*\n`);
    put('verbatim', `${source}/star*.txt\n\n${source}/foo/bar\n`);
    put('raw', Buffer.from(`${source}/not utf8 \xff\0${source}/work/lib\0`, 'latin1'));
    put('utf-16', Buffer.from('\ufeff*.tmp\r\nstraße.TXT\r\n', 'utf16le'));
    await createRepository(restic.repository);
    repository = await openWithIndex(restic.repository);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await restic.remove();
  });

  it('is what stock restic takes, for a table of rules', async () => {
    const rows = TABLE.map((row) => {
      const args = row.map((word) => word.replaceAll('@', source).replaceAll('%', lists));
      return row.includes('--') ? args : [...args, source];
    });
    await Promise.all(
      [0, 1].map(async (half) => {
        for (const [at, args] of rows.entries()) {
          if (at % 2 === half) await restic.run('backup', '--quiet', '--force', '--tag', `row${at}`, ...args);
        }
      }),
    );
    await repository.loadIndex();
    const theirs = new Map(
      (await repository.listSnapshots()).map(({ snapshot }) => [snapshot.tags[0], snapshot.tree]),
    );
    for (const [at, args] of rows.entries()) {
      const tree = theirs.get(`row${at}`);
      if (tree === undefined) throw new Error(`restic made no snapshot of row ${at}`);
      const ours = await backUpWith(repository, args);
      expect({ args, taken: await listing(repository, ours) }).toEqual({
        args,
        taken: await listing(repository, tree),
      });
    }
  });

  it('writes down the excludes given as such, and no others, as restic does', async () => {
    const args = ['-e', '*.tmp', '--iexclude', 'X', '--exclude-file', join(lists, 'patterns'), source];
    await restic.run('backup', '--quiet', '--tag', 'excludes', ...args);
    const options = parse(args);
    const { snapshot } = await backUp({ ...(await settings(repository, args)), tags: ['ours'] });
    const theirs = (await repository.listSnapshots()).find((one) => one.snapshot.tags[0] === 'excludes');
    expect(options.exclude).toEqual(['*.tmp']);
    expect(snapshot.excludes).toEqual(theirs?.snapshot.excludes);
  });

  it.each(['[', 'a/[b', 'x\\', '!a['])('refuses the pattern %s as restic does', async (pattern) => {
    await expect(restic.run('backup', '--dry-run', '-e', pattern, source)).rejects.toThrow('invalid pattern');
    await expect(backUpWith(repository, ['-e', pattern, source])).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});

function parse(args: readonly string[]) {
  const command = new Command('backup').argument('[paths...]');
  addBackupOptions(command);
  command.parse(args, { from: 'user' });
  return backupOptions.parse({ ...command.opts(), paths: command.args });
}

async function settings(repository: Repository, args: readonly string[]) {
  const options = parse(args);
  return {
    repository,
    ...(await collectSources(options, () => undefined)),
    excludes: options.exclude,
    rules: await collectRules(options),
    hostname: 'host',
    tags: [],
    force: true,
    signal: new AbortController().signal,
  };
}

async function backUpWith(repository: Repository, args: readonly string[]): Promise<string> {
  return (await backUp(await settings(repository, args))).snapshot.tree;
}

async function listing(repository: Repository, tree: string, above = ''): Promise<string[]> {
  const found: string[] = [];
  for (const node of (await repository.loadTree(tree)).nodes) {
    const path = `${above}/${rawToDisplay(node.name)}`;
    found.push(path);
    if (node.subtree !== null) found.push(...(await listing(repository, node.subtree, path)));
  }
  return found;
}
