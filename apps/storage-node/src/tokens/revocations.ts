import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RevocationList,
  revocationList,
  TOKEN_LEEWAY_SECONDS,
} from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import { writeFileAtomically } from '../state/atomic-file.ts';

/** Token ids that are refused though not expired. Kept on disk, so that a restart does not forgive them. */
export class Revocations {
  readonly #path: string;
  readonly #revoked = new Set<string>();

  private constructor(path: string) {
    this.#path = path;
  }

  static async load(dataDir: string): Promise<Revocations> {
    const revocations = new Revocations(join(dataDir, 'revocations.json'));
    let text: string;
    try {
      text = await readFile(revocations.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return revocations;
      throw error;
    }
    try {
      revocations.#adopt(revocationList.parse(JSON.parse(text)));
    } catch (error) {
      // Going on without it would let revoked tokens in again.
      throw new Failure(
        'invalid-request',
        `${revocations.#path} is damaged; remove it to start without it.`,
        {
          cause: error,
        },
      );
    }
    return revocations;
  }

  has(jti: string): boolean {
    return this.#revoked.has(jti);
  }

  /** A new list replaces the old one; it is in force, and on disk, when this resolves. */
  async replace(list: RevocationList, nowSeconds: number): Promise<void> {
    const alive = list.revoked.filter(({ exp }) => exp + TOKEN_LEEWAY_SECONDS > nowSeconds);
    const kept = { version: list.version, revoked: alive };
    // In force first: a disk that is full must not let a revoked token in.
    this.#adopt(kept);
    await writeFileAtomically(this.#path, `${JSON.stringify(kept)}\n`);
  }

  #adopt(list: RevocationList): void {
    this.#revoked.clear();
    for (const { jti } of list.revoked) this.#revoked.add(jti);
  }
}
