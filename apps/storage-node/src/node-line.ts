import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NodeBandwidth, nodeBandwidth } from '@breakwater/contract/bandwidth';
import type { RateLimit } from '@breakwater/storage-client/rate-limit';
import { ScheduledRate } from '@breakwater/storage-client/scheduled-rate';
import type { Logger } from '@breakwater/process/logger';
import { writeFileAtomically } from './state/atomic-file.ts';

const FILE = 'bandwidth.json';

/**
 * How much may come in and go out of this node, whoever sends or fetches: agents, other nodes, stock restic, probes.
 * Kept on disk, so that it holds after a restart, too, when the control center is away.
 */
export class NodeLine {
  readonly #path: string;
  readonly #rate = new ScheduledRate();

  private constructor(path: string) {
    this.#path = path;
  }

  static async load(dataDir: string, logger: Logger): Promise<NodeLine> {
    const line = new NodeLine(join(dataDir, FILE));
    try {
      const { limit } = nodeBandwidth.parse(JSON.parse(await readFile(line.#path, 'utf8')));
      line.#rate.set(limit, Date.now);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        // No backup should fail for it: the control center tells the limit again.
        logger.warn({ err: error }, 'the limit on bandwidth could not be read; there is none for now');
      }
    }
    return line;
  }

  get incoming(): RateLimit {
    return this.#rate.upload;
  }

  get outgoing(): RateLimit {
    return this.#rate.download;
  }

  /** In force at once, by the control center's clock; on disk when this resolves. */
  async limit(told: NodeBandwidth): Promise<void> {
    const offsetMs = Date.now() - told.sentAt;
    this.#rate.set(told.limit, () => Date.now() - offsetMs);
    await writeFileAtomically(this.#path, `${JSON.stringify(told)}\n`);
  }

  close(): void {
    this.#rate.close();
  }
}
