import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { PackFile } from '@breakwater/restic-format/pack-store';

/** Opens a pack of a folder, in whichever thread. */
export function openPackFile(path: string): PackFile {
  const file = openSync(path, 'r');
  return {
    get size() {
      return fstatSync(file).size;
    },
    read(space, offset) {
      for (let done = 0; done < space.length; ) {
        const read = readSync(file, space, done, space.length - done, offset + done);
        if (read === 0) throw new Error('it is too short');
        done += read;
      }
    },
    close: () => closeSync(file),
  };
}
