import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';

/**
 * The same for folders on one file system of one running machine, and for no others: what the control center adds
 * up each disk once by. The kernel's boot id and not the machine id, which cloned machines share; a hash, as neither
 * it nor the device's number is anybody's business.
 */
export async function fileSystemId(folder: string): Promise<string> {
  const { dev } = await stat(folder, { bigint: true });
  return createHash('sha256')
    .update(`${await hostId()}\0${dev}`)
    .digest('hex')
    .slice(0, 32);
}

async function hostId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    // Elsewhere than on Linux.
    return hostname();
  }
}
