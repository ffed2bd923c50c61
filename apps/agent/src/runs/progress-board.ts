import type { Remark } from '@breakwater/contract/remark';
import { NO_PROGRESS, type RunProgress } from '@breakwater/contract/run';
import { cutText } from '@breakwater/domain/cut-text';
import { TransferMeter } from '@breakwater/storage-client/transfer-meter';
import { senseOf, sentenceOf } from '../remarks/say.ts';
import { Rate } from '../backup/rate.ts';

const MOST_POINTS = 2000;
/** First distance of the speed curve's points; doubled whenever the curve is full. */
const FIRST_SPACING_MS = 500;

type SpeedPoint = { atMs: number; bytesPerSecond: number; nodeName: string | null };

/**
 * What a run has done so far, put together from the work's own counters, the wire, and what holds the run up. After
 * a fail-over the work counts from zero again, but what is shown never goes back.
 */
export class ProgressBoard {
  /** Measures what goes to or comes from the node. */
  readonly meter: TransferMeter;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #wire = new Rate();
  #work = NO_PROGRESS;
  #filesDone = 0;
  #bytesDone = 0;
  #phase: RunProgress['phase'] | null = 'starting';
  #nodeName: string | null = null;
  #note: Remark | string | null = null;
  #curve: SpeedPoint[] = [];
  #spacingMs = FIRST_SPACING_MS;

  /** `now`: a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedAt = now();
    this.meter = new TransferMeter(now);
  }

  /** The work's own counters; its `nodeName` is not looked at. */
  update(work: RunProgress): void {
    this.#work = work;
    this.#filesDone = Math.max(this.#filesDone, work.filesDone);
    this.#bytesDone = Math.max(this.#bytesDone, work.bytesDone);
  }

  /** What is shown instead of the work's own phase, until `resume`; `note` says what holds the run up. */
  hold(phase: RunProgress['phase'], note: Remark | string | null = null): void {
    this.#phase = phase;
    this.#note = note;
  }

  resume(): void {
    this.#phase = null;
    this.#note = null;
  }

  useNode(nodeName: string | null): void {
    this.#nodeName = nodeName;
  }

  current(): RunProgress {
    const work = this.#work;
    const moved = this.meter.sentBytes + this.meter.receivedBytes;
    return {
      ...work,
      phase: this.#phase ?? work.phase,
      filesDone: this.#filesDone,
      bytesDone: this.#bytesDone,
      bytesSent: this.meter.sentBytes,
      sentPerSecond: this.#wire.note(moved, this.#now()),
      nodeName: this.#nodeName,
      ...(this.#note !== null && {
        note: cutText(sentenceOf(this.#note), 1000),
        noteSense: senseOf(this.#note),
      }),
    };
  }

  /** One more point of the speed curve, when it is time for one. */
  addPoint(bytesPerSecond: number): void {
    const atMs = Math.round(this.#now() - this.#startedAt);
    const last = this.#curve.at(-1);
    if (last !== undefined && atMs - last.atMs < this.#spacingMs) return;
    this.#curve.push({ atMs, bytesPerSecond, nodeName: this.#nodeName });
    if (this.#curve.length < MOST_POINTS) return;
    this.#curve = this.#curve.filter((_, at) => at % 2 === 0);
    this.#spacingMs *= 2;
  }

  /** Milliseconds since the run began; at most 2000 points. */
  get speedCurve(): SpeedPoint[] {
    return this.#curve;
  }
}
