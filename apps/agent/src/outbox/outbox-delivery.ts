import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReportEnvelope } from '@breakwater/contract/agent-run';
import { asFailure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { type Backoff, pauseMs } from '@breakwater/storage-client/backoff';
import type { Outbox } from './outbox.ts';

export interface OutboxDeliveryOptions {
  outbox: Outbox;
  /** Resolves when the control center has committed the report; throws a Failure. */
  send: (envelope: RunReportEnvelope) => Promise<void>;
  logger: Logger;
  backoff?: Backoff;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 200, longestMs: 10_000 };

/** Delivers the outbox in order while there is a connection. */
export class OutboxDelivery {
  readonly #options: OutboxDeliveryOptions;
  #connected = false;
  #working: Promise<void> | undefined;
  #stop = new AbortController();

  constructor(options: OutboxDeliveryOptions) {
    this.#options = options;
    options.outbox.whenAppended(() => this.#wake());
  }

  connected(): void {
    this.#connected = true;
    this.#stop = new AbortController();
    this.#wake();
  }

  disconnected(): void {
    this.#connected = false;
    this.#stop.abort();
  }

  /** Resolves when nothing is left, or there is no connection to deliver it over. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  #wake(): void {
    if (!this.#connected || this.#working !== undefined) return;
    this.#working = this.#deliver(this.#stop.signal).finally(() => {
      this.#working = undefined;
      // Reconnected, or something was appended, while the last round was ending.
      if (this.#connected && this.#options.outbox.first() !== null) this.#wake();
    });
  }

  async #deliver(signal: AbortSignal): Promise<void> {
    const { outbox, send, logger } = this.#options;
    // An append may happen inside a transaction: what it holds is only sent once that has ended.
    await Promise.resolve();
    for (let tries = 0; !signal.aborted; ) {
      const envelope = outbox.first();
      if (envelope === null) return;
      try {
        await send(envelope);
        outbox.remove(envelope.seq);
        tries = 0;
      } catch (error) {
        if (signal.aborted) return;
        const failure = asFailure(error);
        if (failure.retryable) {
          tries += 1;
          const pause = pauseMs(this.#options.backoff ?? DEFAULT_BACKOFF, tries, Math.random());
          await sleep(pause, undefined, { signal }).catch(() => undefined);
        } else {
          // It will never be taken; keeping it would hold up all that comes after it.
          logger.error(
            { runId: envelope.runId, seq: envelope.seq, type: envelope.report.type, code: failure.code },
            `the control center refused a report for good: ${failure.message}`,
          );
          outbox.remove(envelope.seq);
        }
      }
    }
  }
}
