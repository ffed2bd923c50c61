import { NO_PROGRESS, type RunProgress } from '@breakwater/contract/run';
import type { ReplicatedFile } from '@breakwater/domain/replication-plan';
import type { TrafficObserver } from '@breakwater/storage-client/traffic-observer';

/** Speeds are of so long. */
const WINDOW_MS = 4000;

/** How far a replication has come. Bytes are those of files, and those that came over the network. */
export class PullProgress implements TrafficObserver {
  filesFetched = 0;
  bytesFetched = 0;
  filesRemoved = 0;
  readonly #nodeName: string;
  readonly #now: () => number;
  #phase: RunProgress['phase'] = 'scanning';
  #total: { files: number; bytes: number } | null = null;
  #received = 0;
  #current: string | null = null;
  #note: string | null = null;
  readonly #points: { at: number; received: number }[] = [];

  constructor(nodeName: string, now: () => number = () => performance.now()) {
    this.#nodeName = nodeName;
    this.#now = now;
  }

  planned(total: { files: number; bytes: number }): void {
    this.#total = total;
    this.#phase = 'transferring';
  }

  finishing(): void {
    this.#phase = 'finishing';
    this.#current = null;
  }

  began({ kind, name }: ReplicatedFile): void {
    this.#current = `${kind}/${name}`;
  }

  fetched(file: ReplicatedFile): void {
    this.filesFetched += 1;
    this.bytesFetched += file.size;
  }

  /** Why it does not go on at the moment; null when it does again. */
  held(note: string | null): void {
    this.#note = note?.slice(0, 1000) ?? null;
  }

  uploadBegan(): void {}
  uploadEnded(): void {}
  sent(): void {}
  received(bytes: number): void {
    this.#received += bytes;
  }

  view(): RunProgress {
    const now = this.#now();
    this.#points.push({ at: now, received: this.#received });
    while (this.#points.length > 2 && (this.#points[1]?.at ?? now) <= now - WINDOW_MS) this.#points.shift();
    const first = this.#points[0];
    const perSecond =
      first === undefined || now <= first.at
        ? 0
        : ((this.#received - first.received) * 1000) / (now - first.at);
    const left = this.#total === null ? null : Math.max(0, this.#total.bytes - this.bytesFetched);
    return {
      ...NO_PROGRESS,
      phase: this.#note !== null && this.#phase === 'transferring' ? 'retrying' : this.#phase,
      filesDone: this.filesFetched,
      bytesDone: this.bytesFetched,
      filesTotal: this.#total?.files ?? null,
      bytesTotal: this.#total?.bytes ?? null,
      bytesSent: this.#received,
      bytesPerSecond: perSecond,
      sentPerSecond: perSecond,
      etaSeconds: left === null || perSecond === 0 ? null : left / perSecond,
      currentFile: this.#current,
      nodeName: this.#nodeName,
      note: this.#note,
    };
  }
}
