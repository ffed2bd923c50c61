import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Failure } from '@breakwater/domain/failure';
import type { RateLimit } from '@breakwater/storage-client/rate-limit';
import type { BodyDigest } from '../store/repository-store.ts';

/** Bytes gathered before they are handed on; at most twice as much is held for one body. */
const BATCH_BYTES = 1024 * 1024;

export interface BodyConsumer {
  limitBytes: number;
  append: (chunks: readonly Uint8Array[]) => Promise<void>;
  /** Called as soon as bytes arrive. */
  onArrival?: (bytes: number) => void;
  /** What comes in keeps to it: the sender is made to wait. */
  line?: RateLimit;
  /** The consumer has enough: what came so far is the result. */
  enough?: AbortSignal;
}

/**
 * Reads and hashes a request's body, handing it on in batches while the next one arrives. The one way in for
 * stored files and for probes. Throws `body-too-large`, and `invalid-request` for a body that ends early.
 */
export function receiveBody(request: IncomingMessage, consumer: BodyConsumer): Promise<BodyDigest> {
  return new BodyReception(request, consumer).result;
}

class BodyReception {
  readonly result: Promise<BodyDigest>;
  readonly #request: IncomingMessage;
  readonly #consumer: BodyConsumer;
  readonly #hash = createHash('sha256');
  #settle: { resolve: (digest: BodyDigest) => void; reject: (error: unknown) => void };
  #bytes = 0;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #handover: Promise<void> | undefined;
  #isWhole = false;
  #isOver = false;
  #isHeld = false;
  readonly #over = new AbortController();

  constructor(request: IncomingMessage, consumer: BodyConsumer) {
    this.#request = request;
    this.#consumer = consumer;
    const { promise, resolve, reject } = Promise.withResolvers<BodyDigest>();
    this.result = promise;
    this.#settle = { resolve, reject };
    request.on('data', this.#onData);
    request.once('end', this.#onEnd);
    request.once('error', this.#onCut);
    request.once('close', this.#onCut);
    consumer.enough?.addEventListener('abort', this.#onEnough, { once: true });
    if (request.destroyed && !request.readableEnded) this.#onCut();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#consumer.limitBytes) {
      this.#fail(bodyTooLarge(this.#consumer.limitBytes));
      return;
    }
    this.#consumer.onArrival?.(chunk.byteLength);
    this.#hash.update(chunk);
    this.#batch.push(chunk);
    this.#batchBytes += chunk.byteLength;
    if (this.#batchBytes >= BATCH_BYTES) this.#handOver();
    this.#keepToLine(chunk.byteLength);
  };

  #keepToLine(bytes: number): void {
    const { line } = this.#consumer;
    if (line === undefined || !line.isLimited || this.#isOver) return;
    this.#request.pause();
    this.#isHeld = true;
    void line.turn(bytes, this.#over.signal).then(() => {
      this.#isHeld = false;
      // Unless the disk is behind, too.
      if (this.#handover === undefined || this.#batchBytes < BATCH_BYTES) this.#goOn();
    });
  }

  #goOn(): void {
    if (!this.#isWhole && !this.#isHeld) this.#request.resume();
  }

  readonly #onEnd = (): void => {
    this.#isWhole = true;
    this.#handOver();
  };

  readonly #onEnough = (): void => {
    this.#request.pause();
    this.#onEnd();
  };

  readonly #onCut = (): void => {
    if (this.#isWhole) return;
    this.#fail(
      new Failure(
        'invalid-request',
        `The body ended early, after ${this.#bytes} bytes. Nothing was stored.`,
        {
          retryable: true,
        },
      ),
    );
  };

  #handOver(): void {
    if (this.#isOver) return;
    if (this.#handover !== undefined) {
      this.#request.pause();
      return;
    }
    if (this.#batch.length === 0) {
      if (this.#isWhole) this.#succeed();
      return;
    }
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#handover = this.#consumer.append(batch).then(
      () => {
        this.#handover = undefined;
        if (this.#isOver) return;
        if (this.#isWhole || this.#batchBytes >= BATCH_BYTES) this.#handOver();
        this.#goOn();
      },
      (error: unknown) => {
        this.#handover = undefined;
        this.#fail(error);
      },
    );
  }

  #succeed(): void {
    this.#detach();
    this.#settle.resolve({ sha256: this.#hash.digest('hex'), bytes: this.#bytes });
  }

  /** Settles only after the batch on its way has been written or refused, so that the file can be closed. */
  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#detach();
    const reject = () => this.#settle.reject(error);
    if (this.#handover === undefined) reject();
    else void this.#handover.then(reject, reject);
  }

  #detach(): void {
    this.#isOver = true;
    this.#over.abort();
    const request = this.#request;
    request.off('data', this.#onData);
    request.off('end', this.#onEnd);
    request.off('close', this.#onCut);
    this.#consumer.enough?.removeEventListener('abort', this.#onEnough);
    // The `error` listener stays: a connection that breaks later is no longer this body's matter.
  }
}

export function bodyTooLarge(limitBytes: number): Failure {
  return new Failure('body-too-large', `The body is larger than ${limitBytes} bytes, the most allowed here.`);
}
