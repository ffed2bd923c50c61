import type { SpeedSample } from '@breakwater/contract/agent-messages';
import {
  addSample,
  DEFAULT_WINDOW,
  emptyWindow,
  isStale,
  resizeWindow,
  type SpeedWindow,
  transferSampleCounts,
} from '@breakwater/domain/speed-window';
import { z } from 'zod';
import type { DatabaseSync } from '../outbox/agent-database.ts';

const storedWindow = z.object({
  size: z.number().int().positive(),
  samples: z.array(
    z.object({
      bytesPerSecond: z.number().nonnegative(),
      kind: z.enum(['probe', 'transfer']),
      at: z.number().int().nonnegative(),
    }),
  ),
  sma: z.number().nonnegative().nullable(),
});

const BEST_FOR_MS = 24 * 3_600_000;

export interface SpeedTableOptions {
  database: DatabaseSync;
  now: () => number;
  /** Told of each sample that joined a window, with the window's state after it. */
  onSample: (sample: SpeedSample) => void;
}

/** This agent's speed windows, one for each node, kept over restarts. */
export class SpeedTable {
  readonly #options: SpeedTableOptions;
  readonly #windows = new Map<string, SpeedWindow>();
  /** Each node's best average of late, and since when it stands. */
  readonly #best = new Map<string, { bytesPerSecond: number; at: number }>();
  #size = DEFAULT_WINDOW;

  constructor(options: SpeedTableOptions) {
    this.#options = options;
    for (const row of options.database.prepare('SELECT node_id, speed_window FROM speeds').all()) {
      const window = storedWindow.safeParse(JSON.parse(String(row.speed_window)));
      // One that an older version wrote otherwise is measured again.
      if (window.success) this.#windows.set(String(row.node_id), window.data);
    }
  }

  /** How many samples a window holds from now on. */
  resize(size: number): void {
    this.#size = size;
    for (const [nodeId, window] of this.#windows) this.#windows.set(nodeId, resizeWindow(window, size));
  }

  window(nodeId: string): SpeedWindow {
    return this.#windows.get(nodeId) ?? emptyWindow(this.#size);
  }

  /** The best average of the last day or so since this agent was started, bytes a second. */
  best(nodeId: string): number {
    return this.#best.get(nodeId)?.bytesPerSecond ?? 0;
  }

  isStale(nodeId: string): boolean {
    return isStale(this.window(nodeId), this.#options.now());
  }

  /** `limited`: a limit on bandwidth set the pace, so that it counts only where the network is faster than known. */
  addProbe(nodeId: string, bytesPerSecond: number, limited = false): void {
    if (!transferSampleCounts(this.window(nodeId), bytesPerSecond, limited)) return;
    this.#add(nodeId, bytesPerSecond, 'probe');
  }

  /** A sample of a backup's own transfer: counts unless it says only that the network may be faster. */
  addTransfer(nodeId: string, bytesPerSecond: number, applicationLimited: boolean): void {
    if (!transferSampleCounts(this.window(nodeId), bytesPerSecond, applicationLimited)) return;
    this.#add(nodeId, bytesPerSecond, 'transfer');
  }

  #add(nodeId: string, bytesPerSecond: number, kind: 'probe' | 'transfer'): void {
    const at = this.#options.now();
    const window = addSample(this.window(nodeId), { bytesPerSecond, kind, at });
    this.#windows.set(nodeId, window);
    const best = this.#best.get(nodeId);
    const average = window.sma ?? 0;
    if (best === undefined || average >= best.bytesPerSecond || at - best.at > BEST_FOR_MS) {
      this.#best.set(nodeId, { bytesPerSecond: average, at });
    }
    this.#options.database
      .prepare('INSERT OR REPLACE INTO speeds (node_id, speed_window) VALUES (?, ?)')
      .run(nodeId, JSON.stringify(window));
    this.#options.onSample({
      nodeId,
      at,
      kind,
      bytesPerSecond,
      sma: window.sma ?? bytesPerSecond,
      samples: window.samples.length,
    });
  }

  /** Forgets nodes that are enrolled no more. */
  keepOnly(nodeIds: ReadonlySet<string>): void {
    for (const nodeId of this.#windows.keys()) {
      if (nodeIds.has(nodeId)) continue;
      this.#windows.delete(nodeId);
      this.#best.delete(nodeId);
      this.#options.database.prepare('DELETE FROM speeds WHERE node_id = ?').run(nodeId);
    }
  }
}
