import { setTimeout as sleep } from 'node:timers/promises';
import type { RunNode } from '@breakwater/contract/agent-run';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { openRepository, type Repository } from '@breakwater/restic-format/repository';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import { createRetryingStore } from '@breakwater/storage-client/retrying-store';
import { type HeldLock, holdLock } from '../backup/lock-keeper.ts';
import { LockedStore } from '../backup/lock-keeper-store.ts';
import { say, sayFailure } from '../remarks/say.ts';
import type { RunContext } from './run-context.ts';

/** A node that does not even let a repository be opened within this time is given up sooner. */
const OPENING_LIMIT_MS = 15_000;
/** Once the work is over, the lock is removed in this time or left to grow stale. */
const CLOSING_LIMIT_MS = 3000;

/** An exclusive lock waits so long for others' to go: a run that has just ended may be removing its own. */
const LOCK_WAIT_MS = 120_000;
const LOCK_RETRY_MS = 2000;

/**
 * Opens the repository's copy on this node, locks it, loads its index, does the work and unlocks.
 * Trouble with the node is waited out for a while and shown meanwhile. The signal given to `work` also ends when
 * the lock is lost.
 */
export async function withCopy<T>(
  context: RunContext,
  node: RunNode,
  repository: { repositoryId: string; password: string },
  work: (repository: Repository, signal: AbortSignal) => Promise<T>,
  { exclusive = false, loadIndex = true }: { exclusive?: boolean; loadIndex?: boolean } = {},
): Promise<T> {
  const { progress } = context;
  let limitMs = Math.min(OPENING_LIMIT_MS, context.limits.nodeRetryMs);
  const base = node.url.endsWith('/') ? node.url : `${node.url}/`;
  const rest = createRestStore({
    url: new URL(`${repository.repositoryId}/`, base).href,
    token: () => context.nodes.token(node.nodeId),
    traffic: progress.meter,
    rates: context.bandwidth.rates(node.nodeId),
  });
  const trouble = new TroubleTeller(context, node.nodeName);
  const retrying = createRetryingStore(rest, {
    limitMs: () => limitMs,
    onRetry: ({ failure }) => trouble.retrying(failure),
    onRecovered: () => trouble.recovered(),
  });
  const store = new LockedStore(retrying);
  try {
    const opened = await openRepository(store, repository.password, { signal: context.signal });
    const lock = await lockCopy(context, node, opened, store, exclusive);
    try {
      if (loadIndex) await opened.loadIndex(lock.signal);
      // What lies in them counts as missing, and so is stored again.
      for (const packId of node.distrustedPacks ?? []) opened.index.markAbsent(packId);
      limitMs = context.limits.nodeRetryMs;
      return await work(opened, lock.signal);
    } finally {
      limitMs = CLOSING_LIMIT_MS;
      await releaseSoon(lock, context, node);
    }
  } finally {
    rest.close();
  }
}

async function lockCopy(
  context: RunContext,
  node: RunNode,
  repository: Repository,
  store: LockedStore,
  exclusive: boolean,
): Promise<HeldLock> {
  const until = performance.now() + (exclusive ? LOCK_WAIT_MS : 0);
  for (;;) {
    try {
      return await holdLock(repository, {
        exclusive,
        signal: context.signal,
        store,
        onLocked: (name) => context.locks.locked(node.nodeId, name),
      });
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code !== 'repository-locked' || performance.now() >= until) throw error;
      context.progress.hold('waiting-for-node', sayFailure(failure));
      await sleep(LOCK_RETRY_MS, undefined, { signal: context.signal });
    }
  }
}

/** Nobody waits for a node that does not answer any more: the lock grows stale there. */
async function releaseSoon(lock: HeldLock, context: RunContext, node: RunNode): Promise<void> {
  const tooLate = new AbortController();
  try {
    await Promise.race([
      lock.release(),
      sleep(CLOSING_LIMIT_MS, undefined, { signal: tooLate.signal }).then(() => {
        throw new Failure('timeout', 'no answer');
      }),
    ]);
    context.locks.released(node.nodeId);
  } catch (error) {
    context.locks.leftBehind(node.nodeId);
    context.logger.warn(
      { reason: asFailure(error).message, node: node.nodeName },
      'the lock could not be removed',
    );
  } finally {
    tooLate.abort();
  }
}

/** Shows in the progress, and says once per outage in the run's log, that a node does not answer. */
class TroubleTeller {
  readonly #context: RunContext;
  readonly #nodeName: string;
  #since: number | undefined;

  constructor(context: RunContext, nodeName: string) {
    this.#context = context;
    this.#nodeName = nodeName;
  }

  retrying(failure: Failure): void {
    const said = say('node-retried', { node: this.#nodeName, why: sayFailure(failure) });
    this.#context.progress.hold('retrying', said);
    if (this.#since !== undefined) return;
    this.#since = performance.now();
    this.#context.note('warn', said);
  }

  recovered(): void {
    this.#context.progress.resume();
    if (this.#since === undefined) return;
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    this.#since = undefined;
    this.#context.note('info', say('node-answers-again', { node: this.#nodeName, seconds }));
  }
}
