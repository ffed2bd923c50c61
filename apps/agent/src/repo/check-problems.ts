import type { Problem, ProblemKind } from '@breakwater/restic-format/check-problem';
import { printable } from './printable.ts';
import type { RepoOutput } from './repo-output.ts';

/** Of each kind, and of each pack, people are told this many; the rest are counted. */
const TOLD_OF_EACH = 3;

/** What the counted rest are. */
const restNames: Record<ProblemKind, string> = {
  'pack-missing': 'packs missing',
  'pack-wrong-size': 'packs of the wrong size',
  'pack-not-indexed': 'packs that no index names',
  'pack-damaged': 'blobs damaged',
  'pack-mixed': 'packs with trees and data',
  'index-damaged': 'index files damaged',
  'index-duplicate': 'packs named by several index files',
  'index-contradicts': 'packs of which index files tell differently',
  'snapshot-damaged': 'snapshots damaged',
  'tree-missing': 'folders without their tree',
  'tree-damaged': 'folders damaged',
  'blob-missing': 'missing blobs of files',
  'file-damaged': 'damaged blobs of files',
};

interface Group {
  kind: ProblemKind;
  packId: string | undefined;
  count: number;
  told: number;
  lastPath: string | undefined;
}

/** Tells people the first of each group of problems at once and counts the rest; programs get them all. */
export class ProblemPrinter {
  errors = 0;
  suggestsRepairIndex = false;
  suggestsPrune = false;
  readonly #output: RepoOutput;
  readonly #groups = new Map<string, Group>();
  readonly #kinds = new Set<ProblemKind>();
  /** A backup sees for itself that these are broken: of damaged ones it must be told. */
  readonly #missingPacks = new Set<string>();
  readonly #truncatedPacks = new Set<string>();
  readonly #damagedPacks = new Set<string>();

  constructor(output: RepoOutput) {
    this.#output = output;
  }

  print(problem: Problem): void {
    const { kind, severity, message, packId } = problem;
    this.#kinds.add(kind);
    if (packId !== undefined) this.#packsOf(kind)?.add(packId);
    if (severity === 'error') this.errors += 1;
    if (kind === 'index-damaged' || kind === 'index-duplicate') this.suggestsRepairIndex = true;
    if (kind === 'pack-mixed' || kind === 'pack-not-indexed') this.suggestsPrune = true;
    if (!this.#output.json && !this.#isToTell(problem)) return;
    this.#output.problem(`${severity}: ${printable(message)}`, {
      message_type: severity,
      message,
      kind,
      pack_id: packId,
      blob_id: problem.blobId,
      snapshot_id: problem.snapshotId,
      path: problem.path,
    });
  }

  /** Counts it in its group. Files are grouped by the pack that costs them, and each is told of once. */
  #isToTell({ kind, packId, path }: Problem): boolean {
    const byPack = packId !== undefined && BY_PACK.has(kind);
    const key = byPack ? `${kind} ${packId}` : kind;
    const group = this.#groups.get(key) ?? {
      kind,
      packId: byPack ? packId : undefined,
      count: 0,
      told: 0,
      lastPath: undefined,
    };
    this.#groups.set(key, group);
    group.count += 1;
    if (group.told === TOLD_OF_EACH || (path !== undefined && path === group.lastPath)) return false;
    group.told += 1;
    group.lastPath = path;
    return true;
  }

  /** For people: how many more there are of what was told of. */
  printRest(): void {
    for (const { kind, packId, count, told } of this.#groups.values()) {
      if (count === told) continue;
      const because = packId === undefined ? '' : ` by pack ${packId}`;
      this.#output.text(`… and ${count - told} more ${restNames[kind]}${because} (all of them: --json)`);
    }
  }

  /** For people: what to do about it. What a backup cannot heal is stock restic's to drop. */
  advice(): string[] {
    const lines: string[] = [];
    if (this.#kinds.has('index-damaged')) {
      lines.push('Nothing else can be judged without its index. Mend it first: restic repair index');
    } else if (this.suggestsRepairIndex) {
      lines.push(
        'The index names packs more than once, which does no harm. To clean up: restic repair index',
      );
    }
    lines.push(...this.#healing());
    if (this.suggestsPrune && this.errors === 0) {
      lines.push('A prune cleans up what the hints are about; nothing is lost without one.');
    }
    return lines;
  }

  #packsOf(kind: ProblemKind): Set<string> | null {
    if (kind === 'pack-missing') return this.#missingPacks;
    if (kind === 'pack-wrong-size') return this.#truncatedPacks;
    return kind === 'pack-damaged' || kind === 'tree-damaged' ? this.#damagedPacks : null;
  }

  #healing(): string[] {
    const missing = this.#missingPacks;
    const there = new Set([...this.#truncatedPacks, ...this.#damagedPacks]);
    if (missing.size + there.size === 0) return [];
    const option = this.#damagedPacks.size === 0 ? '' : ` --distrust-pack ${listed(this.#damagedPacks, ',')}`;
    return [
      'Back up again, on each host whose snapshots are hit; what is still at its source heals:',
      `  breakwater-agent repo backup${option} PATH…`,
      'Then clear away what is broken; nothing goes that a snapshot needs and no other pack has:',
      `  breakwater-agent repo prune${option}`,
      'What no backup brings back costs the snapshots that need it: forget these, or drop what is lost of them:',
      ...(there.size === 0 ? [] : [`  restic repair packs ${listed(there, ' ')}`]),
      ...(missing.size === 0 ? [] : ['  restic repair index']),
      '  restic repair snapshots --forget',
    ];
  }
}

/** A command line holds no more than two thousand ids. */
const MAX_ADVISED_PACKS = 1000;

function listed(packIds: Iterable<string>, separator: string): string {
  const all = [...packIds].sort();
  const shown = all.slice(0, MAX_ADVISED_PACKS).join(separator);
  return all.length > MAX_ADVISED_PACKS ? `${shown} (and ${all.length - MAX_ADVISED_PACKS} more)` : shown;
}

const BY_PACK: ReadonlySet<ProblemKind> = new Set([
  'pack-damaged',
  'tree-missing',
  'tree-damaged',
  'blob-missing',
  'file-damaged',
]);
