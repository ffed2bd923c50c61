import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { unixModeFromGo } from '@breakwater/restic-format/file-mode';
import { rawBytes, rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { ZipFile } from 'yazl';
import type { ArchiveEntry } from './archive-entries.ts';

/** A zip archive as it is made. What goes wrong while reading destroys the stream with that error. */
export function zipArchive(
  entries: AsyncIterable<ArchiveEntry>,
  contentOf: (node: TreeNode) => AsyncIterable<Buffer>,
): Readable {
  const archive = new ZipFile();
  const output = archive.outputStream as Readable;
  archive.on('error', (error: Error) => output.destroy(error));
  fill(archive, entries, contentOf).then(
    () => archive.end(),
    (error: Error) => output.destroy(error),
  );
  return output;
}

async function fill(
  archive: ZipFile,
  entries: AsyncIterable<ArchiveEntry>,
  contentOf: (node: TreeNode) => AsyncIterable<Buffer>,
): Promise<void> {
  for await (const { name, node } of entries) {
    const path = safeName(rawToDisplay(name));
    if (path === null) continue;
    const options = { mtime: zipTime(node), mode: unixModeFromGo(node.mode) };
    if (node.type === 'dir') archive.addEmptyDirectory(path, options);
    else if (node.type === 'symlink') {
      archive.addBuffer(rawBytes(node.linkTarget), path, { ...options, compress: false });
    } else {
      const content = Readable.from(contentOf(node), { objectMode: false });
      archive.addReadStream(content, path, { ...options, size: node.size });
      // One after the other: what is added waits in memory.
      await finished(content);
    }
  }
}

/** The format knows no names that would leave the folder it is unpacked in, and no backslashes. */
function safeName(name: string): string | null {
  const parts = name.split('/');
  return name.includes('\\') || parts.includes('..') ? null : name;
}

/** Within what the format's time can say. */
function zipTime({ mtime }: TreeNode): Date {
  const ms = Number(mtime.ns / 1_000_000n);
  return new Date(Math.min(Math.max(ms, Date.UTC(1980, 0, 2)), Date.UTC(2107, 11, 30)));
}
