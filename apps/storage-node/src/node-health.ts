import type { HealthAnswer } from '@breakwater/contract/health';
import { TOKEN_LEEWAY_SECONDS } from '@breakwater/contract/storage-token';
import { asFailure } from '@breakwater/domain/failure';
import type { Capacity } from './store/space-budget.ts';

export interface HealthReport extends HealthAnswer {
  /** One sentence when the status is not ok. */
  reason: string | null;
}

/** What is wrong with a node, told in sentences: disk, room, clock. Being cut off from the control center is shown, but a node that is serves on and is well. */
export class NodeHealth {
  readonly #capacity: () => Promise<Capacity>;
  #diskError: string | null = null;
  #clockOffsetMs: number | null = null;
  #isLinked = false;

  constructor(capacity: () => Promise<Capacity>) {
    this.#capacity = capacity;
  }

  /** A write to the store went through, or failed for a reason of the disk's. */
  wrote(failure: string | null): void {
    this.#diskError = failure;
  }

  clockOffset(ms: number | null): void {
    this.#clockOffsetMs = ms;
  }

  linked(isLinked: boolean): void {
    this.#isLinked = isLinked;
  }

  get isLinked(): boolean {
    return this.#isLinked;
  }

  async report(): Promise<HealthReport> {
    const checks: Record<string, string> = {
      disk: 'ok',
      space: 'ok',
      clock: 'ok',
      controlCenter: this.#isLinked ? 'connected' : 'not connected',
    };
    let failing: string | null = this.#diskError;
    const degraded: string[] = [];
    try {
      const { freeBytes, reserveBytes } = await this.#capacity();
      if (freeBytes <= reserveBytes) {
        checks.space = `Only ${freeBytes} bytes are free, and ${reserveBytes} are kept for locks and prune.`;
        degraded.push(checks.space);
      }
    } catch (error) {
      failing ??= `The data folder cannot be reached: ${asFailure(error).message}.`;
    }
    if (failing !== null) checks.disk = failing;
    const offset = this.#clockOffsetMs;
    if (offset !== null && Math.abs(offset) > TOKEN_LEEWAY_SECONDS * 1000) {
      const seconds = Math.round(Math.abs(offset) / 1000);
      checks.clock = `The clock is ${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} the control center's; tokens may be refused.`;
      degraded.push(checks.clock);
    }
    const [firstDegraded] = degraded;
    return {
      status: failing !== null ? 'failing' : firstDegraded === undefined ? 'ok' : 'degraded',
      checks,
      reason: failing ?? firstDegraded ?? null,
    };
  }
}
