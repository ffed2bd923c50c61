import type { Failure } from '@breakwater/domain/failure';

export type ProblemKind =
  | 'pack-missing'
  | 'pack-wrong-size'
  | 'pack-not-indexed'
  | 'pack-damaged'
  | 'pack-mixed'
  | 'index-damaged'
  | 'index-duplicate'
  | 'index-contradicts'
  | 'snapshot-damaged'
  | 'tree-missing'
  | 'tree-damaged'
  | 'blob-missing'
  | 'file-damaged';

export interface Problem {
  kind: ProblemKind;
  /** A sentence. */
  message: string;
  /** A problem that costs no data, such as a pack that no index names, is a hint only. */
  severity: 'error' | 'hint';
  packId?: string;
  blobId?: string;
  snapshotId?: string;
  /** Path inside the snapshot, for people. */
  path?: string;
}

/** What a report keeps of problems; all of them go to `onProblem`, all are counted. */
export const MAX_KEPT_PROBLEMS = 10_000;

/** Collects what a check finds: a lost pack can cost millions of files, which must not fill the memory. */
export class ProblemLog {
  readonly kept: Problem[] = [];
  errors = 0;
  hints = 0;
  /** Packs whose files must be salvaged or removed, as restic counts them. */
  readonly brokenPacks = new Set<string>();
  readonly #onProblem: ((problem: Problem) => void) | undefined;

  constructor(onProblem: ((problem: Problem) => void) | undefined) {
    this.#onProblem = onProblem;
  }

  add(problem: Problem): void {
    if (problem.severity === 'error') this.errors += 1;
    else this.hints += 1;
    if (problem.packId !== undefined && BREAKS_PACK.has(problem.kind)) this.brokenPacks.add(problem.packId);
    if (this.kept.length < MAX_KEPT_PROBLEMS) this.kept.push(problem);
    this.#onProblem?.(problem);
  }

  has(...kinds: ProblemKind[]): boolean {
    return this.kept.some(({ kind }) => kinds.includes(kind));
  }
}

const BREAKS_PACK: ReadonlySet<ProblemKind> = new Set([
  'pack-missing',
  'pack-wrong-size',
  'pack-damaged',
  'index-contradicts',
]);

const ABOUT_FILE = new Set<Failure['code']>([
  'not-found',
  'bad-range',
  'hash-mismatch',
  'pack-damaged',
  'repository-damaged',
]);

/** Whether a failure speaks of one file, not of the store: the check notes it and goes on. */
export function isAboutFile({ code }: Failure): boolean {
  return ABOUT_FILE.has(code);
}
