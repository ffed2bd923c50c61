import type {
  ReplicationEnd,
  ReplicationName,
  ReplicationOrder,
  replicationRenewal,
} from '@breakwater/contract/replication';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { LeastPace, type Pace, RateLimit } from '@breakwater/storage-client/rate-limit';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import { createRetryingStore } from '@breakwater/storage-client/retrying-store';
import type { z } from 'zod';
import type { RepositoryStore } from '../store/repository-store.ts';
import { Lease } from './lease.ts';
import { PullProgress } from './pull-progress.ts';
import { replicateCopy } from './replicate-copy.ts';

const PROGRESS_EVERY_MS = 500;
/** A source that does not answer for so long is given up; the control center finds another, or tries again. */
const SOURCE_PATIENCE_MS = 60_000;

export interface ReplicationsOptions {
  store: RepositoryStore;
  /** What comes in to this node keeps to it. */
  incoming: Pace;
  logger: Logger;
  tellProgress: (name: ReplicationName, progress: ReplicationEnd['progress']) => Promise<void>;
  /** Resolves when the control center has written it down. */
  tellEnd: (end: ReplicationEnd) => Promise<void>;
}

interface Going {
  order: ReplicationOrder;
  token: string;
  lease: Lease;
  abort: AbortController;
  /** Set when it has ended and the control center does not know yet. */
  end: ReplicationEnd | null;
  isTelling: boolean;
  done: Promise<void>;
}

/** What this node fetches from others now, one for a repository at a time. */
export class Replications {
  readonly #options: ReplicationsOptions;
  readonly #going = new Map<string, Going>();
  #isClosed = false;

  constructor(options: ReplicationsOptions) {
    this.#options = options;
  }

  /** In hand, or ended and not acknowledged yet. */
  list(): ReplicationName[] {
    return [...this.#going.values()].map(({ order: { runId, attempt } }) => ({ runId, attempt }));
  }

  /** Begins, in the background. The same order again is no error. Throws `conflict` while another is in hand there. */
  async start(order: ReplicationOrder): Promise<void> {
    const known = this.#going.get(order.runId);
    if (known?.order.attempt === order.attempt) return;
    if (known !== undefined) await this.#drop(known);
    const other = [...this.#going.values()].find(
      (one) => one.order.repositoryId === order.repositoryId && one.end === null,
    );
    if (other !== undefined || this.#isClosed) {
      throw new Failure('conflict', 'This node is replicating the repository already.', { retryable: true });
    }
    const abort = new AbortController();
    const lease = new Lease(order.leaseMs, (failure) => abort.abort(failure));
    const going: Going = {
      order,
      token: order.source.token,
      lease,
      abort,
      end: null,
      isTelling: false,
      done: Promise.resolve(),
    };
    this.#going.set(order.runId, going);
    going.done = this.#run(going);
  }

  /** False when this node knows nothing of it. */
  renew({ runId, attempt, token, leaseMs }: z.output<typeof replicationRenewal>): boolean {
    const going = this.#find({ runId, attempt });
    if (going === undefined) return false;
    going.token = token;
    going.lease.renew(leaseMs);
    return true;
  }

  /** False when this node knows nothing of it. Its end is told as that of any other. */
  stop(name: ReplicationName): boolean {
    const going = this.#find(name);
    going?.abort.abort(new Failure('cancelled', 'The replication was cancelled; what was fetched is kept.'));
    return going !== undefined;
  }

  /** Tells what has ended and was not acknowledged. */
  tellEnds(): void {
    for (const going of this.#going.values()) if (going.end !== null) void this.#tell(going, going.end);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const reason = new Failure('interrupted', 'The storage node was stopped.', { retryable: true });
    for (const { abort } of this.#going.values()) abort.abort(reason);
    await Promise.all([...this.#going.values()].map(({ done }) => done));
  }

  #find({ runId, attempt }: ReplicationName): Going | undefined {
    const going = this.#going.get(runId);
    return going?.order.attempt === attempt ? going : undefined;
  }

  async #drop(going: Going): Promise<void> {
    going.abort.abort(new Failure('interrupted', 'A newer attempt of this replication began.'));
    await going.done;
    this.#going.delete(going.order.runId);
  }

  async #run(going: Going): Promise<void> {
    const { order, lease, abort } = going;
    const { runId, attempt } = order;
    const startedAt = performance.now();
    const progress = new PullProgress(order.source.nodeName);
    const { tellProgress, logger, store } = this.#options;
    const timer = setInterval(() => {
      // The next comes soon, so that one which is lost is no loss.
      tellProgress({ runId, attempt }, progress.view()).catch(() => undefined);
    }, PROGRESS_EVERY_MS);
    const rate = order.bytesPerSecond;
    const remote = createRestStore({
      url: new URL(`${order.repositoryId}/`, withSlash(order.source.url)).href,
      token: () => going.token,
      traffic: progress,
      rates: { download: new LeastPace([new RateLimit(rate), this.#options.incoming]) },
    });
    let failure: Failure | null = null;
    try {
      await replicateCopy({
        order,
        source: createRetryingStore(remote, {
          limitMs: () => SOURCE_PATIENCE_MS,
          onRetry: ({ failure: trouble }) => progress.held(trouble.message),
          onRecovered: () => progress.held(null),
        }),
        store,
        progress,
        signal: abort.signal,
        assertMayWrite: () => lease.assert(),
      });
    } catch (error) {
      const reason: unknown = abort.signal.reason;
      failure = asFailure(abort.signal.aborted && reason instanceof Failure ? reason : error);
      logger.warn({ err: failure, runId, source: order.source.nodeName }, 'a replication did not end well');
    } finally {
      clearInterval(timer);
      lease.end();
      remote.close();
    }
    progress.held(null);
    const { code, message, retryable } = failure ?? {};
    going.end = {
      runId,
      attempt,
      at: Date.now(),
      outcome: failure === null ? 'succeeded' : code === 'cancelled' ? 'cancelled' : 'failed',
      failure:
        code === undefined || message === undefined
          ? null
          : { code, message: message.slice(0, 4000), retryable: retryable === true },
      progress: progress.view(),
      stats: { bytesStored: progress.bytesFetched, durationSeconds: (performance.now() - startedAt) / 1000 },
      fetched: { files: progress.filesFetched, bytes: progress.bytesFetched },
    };
    void this.#tell(going, going.end);
  }

  async #tell(going: Going, end: ReplicationEnd): Promise<void> {
    if (going.isTelling) return;
    going.isTelling = true;
    try {
      await this.#options.tellEnd(end);
      if (this.#going.get(end.runId) === going) this.#going.delete(end.runId);
    } catch (error) {
      this.#options.logger.debug(
        { err: error, runId: end.runId },
        'the end of a replication was not taken yet',
      );
    } finally {
      going.isTelling = false;
    }
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
