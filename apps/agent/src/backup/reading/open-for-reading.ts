import { constants, openSync } from 'node:fs';
import { errorCode } from '../../posix/error-code.ts';

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Never follows a link and never waits for a writer, should the path have become a link or a FIFO; leaves the
 * access time alone where the system allows it (owner and root). `path` as node:fs takes it.
 */
export function openForReading(path: string | Buffer): number {
  try {
    return openSync(path, READ_FLAGS | constants.O_NOATIME);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
    return openSync(path, READ_FLAGS);
  }
}
