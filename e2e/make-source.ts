import { mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder worth backing up: text, binary, empty, nested, linked, oddly named. */
export function makeSource(): string {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-source-'));
  const write = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content, { mode });
    utimesSync(join(root, path), 1_600_000_000.25, 1_600_000_000.25);
  };
  write('hello.txt', 'Hello from the source server.\n');
  write('empty', '');
  write('etc/app.conf', 'listen = 0.0.0.0\n', 0o600);
  write('data/blob.bin', pseudoRandom(3 * 1024 * 1024));
  write('names/with space and "quotes".txt', 'quoted');
  write('names/日本語 🙂.txt', 'unicode');
  for (let n = 0; n < 60; n += 1) write(`many/file-${n}.txt`, `file number ${n}\n`.repeat(n));
  symlinkSync('../hello.txt', join(root, 'etc', 'link'));
  return root;
}

/** Bytes that do not compress, the same in every run. */
export function pseudoRandom(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0;
  for (let n = 0; n < length; n += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE((state ^ (state >>> 15)) >>> 0, Math.min(n, length - 4));
  }
  return bytes;
}
