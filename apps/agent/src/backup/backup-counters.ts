import type { RunProgress, RunStats } from '@breakwater/contract/run';
import { cutText } from '@breakwater/domain/cut-text';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { displayPath } from '../source/display-path.ts';
import { Rate } from './rate.ts';

type ItemKind = 'files' | 'dirs';
type Fate = 'New' | 'Changed' | 'Unmodified';

export interface DoneItem {
  kind: 'file' | 'dir';
  fate: Fate;
  /** Raw path. */
  path: string;
  /** Bytes of its content that were new to the repository. */
  added: number;
  /** What they take there, without the packs' and the index's shares; null where that is not known. */
  stored: number | null;
  /** Bytes of a folder's tree, where that was new to the repository. */
  treeAdded: number;
  /** From its first look to its node; 0 for what is as it was. */
  seconds: number;
}

/** What a file that was read has cost. */
export interface FileWork {
  /** Bytes of its content that the repository did not have. */
  added: number;
  /** What these take there, once they are sealed; null where that is not known. */
  stored: (() => Promise<number>) | null;
  seconds: number;
}

const NO_WORK = { added: 0, stored: 0, treeAdded: 0, seconds: 0 };

/** What a backup has done so far; the only thing its parts write to and its progress reads from. */
export class BackupCounters {
  readonly items: Record<`${ItemKind}${Fate}`, number> = {
    filesNew: 0,
    filesChanged: 0,
    filesUnmodified: 0,
    dirsNew: 0,
    dirsChanged: 0,
    dirsUnmodified: 0,
  };
  phase: RunProgress['phase'] = 'scanning';
  filesDone = 0;
  bytesDone = 0;
  filesTotal: number | null = null;
  bytesTotal: number | null = null;
  bytesSent = 0;
  /** Raw path. */
  currentFile: string | null = null;
  readonly #sourceRate = new Rate();
  readonly #sentRate = new Rate();
  readonly #onItem: ((item: DoneItem) => void) | undefined;

  /** `onItem` is told of each file and folder as it is done. */
  constructor(onItem?: (item: DoneItem) => void) {
    this.#onItem = onItem;
  }

  countFile(fate: Fate, path: string, work: FileWork | null): void {
    this.filesDone += 1;
    this.items[`files${fate}`] += 1;
    const onItem = this.#onItem;
    if (onItem === undefined) return;
    const item = { ...NO_WORK, kind: 'file' as const, fate, path };
    if (work === null || fate === 'Unmodified') {
      onItem(item);
      return;
    }
    const { added, stored, seconds } = work;
    if (added === 0 || stored === null) onItem({ ...item, added, seconds, stored: added === 0 ? 0 : null });
    else void stored().then((bytes) => onItem({ ...item, added, seconds, stored: bytes }));
  }

  countFolder(
    previous: TreeNode | undefined,
    subtree: string,
    path: string,
    work: { treeAdded: number; seconds: number },
  ): void {
    const fate = previous === undefined ? 'New' : previous.subtree === subtree ? 'Unmodified' : 'Changed';
    this.items[`dirs${fate}`] += 1;
    this.#onItem?.({ ...NO_WORK, ...(fate !== 'Unmodified' && work), kind: 'dir', fate, path });
  }

  /** All that there is has been seen: where nobody counted before, that is the total. */
  settleTotals(): void {
    this.filesTotal ??= this.filesDone;
    this.bytesTotal ??= this.bytesDone;
  }

  /** `now` in ms of any steady clock. */
  progress(now: number, errors: number): RunProgress {
    const bytesPerSecond = this.#sourceRate.note(this.bytesDone, now);
    const sentPerSecond = this.#sentRate.note(this.bytesSent, now);
    const left = this.bytesTotal === null ? null : Math.max(0, this.bytesTotal - this.bytesDone);
    return {
      phase: this.phase,
      filesDone: this.filesDone,
      bytesDone: this.bytesDone,
      filesTotal: this.filesTotal,
      bytesTotal: this.bytesTotal,
      bytesSent: this.bytesSent,
      bytesPerSecond,
      sentPerSecond,
      etaSeconds: left === null || bytesPerSecond <= 0 ? null : left / bytesPerSecond,
      currentFile: this.currentFile === null ? null : cutText(displayPath(this.currentFile), 4096),
      nodeName: null,
      errors,
      note: null,
    };
  }

  stats(added: { bytesAdded: number; bytesStored: number }, durationSeconds: number): RunStats {
    const { bytesAdded, bytesStored } = added;
    return { ...this.items, bytesProcessed: this.bytesDone, bytesAdded, bytesStored, durationSeconds };
  }
}
