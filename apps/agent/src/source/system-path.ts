import { rawBytes } from '@breakwater/restic-format/raw-string';

/** A raw string as node:fs takes it: strings where they are Unicode, bytes where a name is not UTF-8. */
export function systemPath(path: string): string | Buffer {
  return path.isWellFormed() ? path : rawBytes(path);
}
