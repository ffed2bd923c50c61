import { readdirSync } from 'node:fs';
import { rawFromBytes } from '@breakwater/restic-format/raw-string';
import { systemPath } from './system-path.ts';

/** Names in a folder as raw strings, sorted by their bytes, which is restic's order. */
export function readFolder(path: string): string[] {
  // Read as latin1, one character stands for one byte, so that the default sort is the sort by bytes.
  return readdirSync(systemPath(path), { encoding: 'latin1' })
    .sort()
    .map((name) => (isAscii(name) ? name : rawFromBytes(Buffer.from(name, 'latin1'))));
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every character below 128 counts
  return /^[\x00-\x7f]*$/.test(text);
}
