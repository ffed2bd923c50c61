import { emptyNode } from '@breakwater/restic-format/tree';
import { extract } from 'tar-stream';
import { expect, it } from 'vitest';
import { tarArchive } from './tar-archive.ts';

const NS = 1_000_000_000n;

it.each([
  [15_032_385_535n, '15032385535'],
  [-14_826_000_000n, '-14826000000'],
  [2n ** 31n, '2147483648'],
  [1_700_000_000n, null],
])('writes the time %d s as what the header can hold, else beside it', async (seconds, beside) => {
  const time = { ns: seconds * NS, offsetSeconds: 0 };
  const node = emptyNode('file', 'file', { mtime: time, atime: time, ctime: time });
  async function* entries() {
    yield { name: 'file', node };
  }
  async function* content(): AsyncGenerator<Buffer> {}
  const archive = tarArchive(entries(), content).pipe(extract());
  for await (const { header } of archive) {
    expect(header.pax).toEqual(beside === null ? null : { path: 'file', mtime: beside });
  }
});
