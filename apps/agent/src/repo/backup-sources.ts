import { buffer } from 'node:stream/consumers';
import { Failure } from '@breakwater/domain/failure';
import { rawFromBytes } from '@breakwater/restic-format/raw-string';
import { streamOfCommand, streamOfInput, type StreamSource } from '../backup/stream-source.ts';
import { patternsOf } from '../source/exclude-files.ts';
import { expandGlob } from '../source/expand-glob.ts';
import type { SelectionRules } from '../source/selection.ts';
import type { BackupOptions } from './backup-options.ts';
import { environmentVariable } from './config.ts';
import { decodeText, linesOf, readBytes, readTextFile } from './text-file.ts';

/** What to back up. `onWarning` is told of patterns that find nothing and of what a command says. */
export async function collectSources(
  options: BackupOptions,
  onWarning: (message: string) => void,
): Promise<{ paths: string[]; stream?: StreamSource }> {
  const { stdinFilename, paths } = options;
  if (options.stdin) return { paths: [], stream: streamOfInput(stdinFilename, process.stdin) };
  if (options.stdinFromCommand) {
    const said = (line: string): void => onWarning(`${paths[0]}: ${line}`);
    return { paths: [], stream: streamOfCommand(stdinFilename, { argv: paths }, said) };
  }
  const found: string[] = [];
  for (const file of options.filesFrom) {
    const lines = linesOf(await readText('--files-from', file)).map((line) => line.trim());
    for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
      const expanded = expandGlob(line);
      if (expanded.length === 0) onWarning(`--files-from: the pattern "${line}" finds nothing`);
      found.push(...expanded);
    }
  }
  for (const file of options.filesFromVerbatim) {
    const lines = linesOf(await readText('--files-from-verbatim', file));
    found.push(...lines.filter((line) => line !== ''));
  }
  for (const file of options.filesFromRaw) found.push(...(await readNames(file)));
  found.push(...paths);
  if (found.length > 0) return { paths: found };
  throw new Failure('invalid-request', 'There is nothing to back up: expected files or folders');
}

/** All that is left out but for `--exclude`, which the snapshot tells of. */
export async function collectRules(options: BackupOptions): Promise<SelectionRules> {
  return {
    excludes: await readPatterns('--exclude-file', options.excludeFile),
    caselessExcludes: [...options.iexclude, ...(await readPatterns('--iexclude-file', options.iexcludeFile))],
    tagFiles: options.excludeIfPresent,
    caches: options.excludeCaches,
    oneFileSystem: options.oneFileSystem,
    ...(options.excludeLargerThan !== undefined && { largerThan: options.excludeLargerThan }),
  };
}

async function readPatterns(option: string, files: readonly string[]): Promise<string[]> {
  const patterns: string[] = [];
  for (const file of files) {
    patterns.push(...patternsOf(linesOf(await readTextFile(option, file)), environmentVariable));
  }
  return patterns;
}

async function readText(option: string, file: string): Promise<string> {
  return file === '-' ? decodeText(await buffer(process.stdin)) : await readTextFile(option, file);
}

async function readNames(file: string): Promise<string[]> {
  const option = '--files-from-raw';
  const bytes = file === '-' ? await buffer(process.stdin) : await readBytes(option, file);
  if (bytes.length === 0) return [];
  if (bytes.at(-1) !== 0) {
    throw new Failure('invalid-request', `${option} is "${file}": the last name has no zero byte after it`);
  }
  const names = rawFromBytes(bytes.subarray(0, -1)).split('\0');
  if (names.includes('')) throw new Failure('invalid-request', `${option} is "${file}": a name is empty`);
  return names;
}
