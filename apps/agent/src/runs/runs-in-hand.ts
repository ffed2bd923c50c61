import type { RunOrder } from '@breakwater/contract/agent-run';
import { MAX_RUN_LOCKS } from '@breakwater/contract/run';
import { cutText } from '@breakwater/domain/cut-text';
import { asFailure, type Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import type { Outbox } from '../outbox/outbox.ts';
import type { RunJournal } from '../outbox/run-journal.ts';
import { failureOf, say, sayFailure, senseOf, sentenceOf } from '../remarks/say.ts';
import { runBackup } from './backup-run.ts';
import { runCheck } from './check-run.ts';
import { runForget } from './forget-run.ts';
import { ProgressBoard } from './progress-board.ts';
import { runPrune } from './prune-run.ts';
import { runRestore } from './restore-run.ts';
import { NOTHING_DONE, type RunContext, type RunOutcome, type RunSurroundings } from './run-context.ts';
import { RunLocks } from './run-locks.ts';
import { RunNodes } from './run-nodes.ts';

export interface RunsInHandOptions extends RunSurroundings {
  role: 'source' | 'maintenance';
  journal: RunJournal;
  outbox: Outbox;
  logger: Logger;
  /** A run began or ended. */
  onChange: () => void;
}

interface RunInHand {
  runId: string;
  attempt: number;
  kind: RunOrder['kind'];
  stop: AbortController;
  ended: Promise<void>;
}

export type Taken = { accepted: boolean; reason: string | null };

/** Progress goes out this often: at least twice a second, also over a slow link. */
const PROGRESS_MS = 400;

/** Takes orders, runs each once, and sees to it that every one that was taken ends with a report. */
export class RunsInHand {
  readonly #options: RunsInHandOptions;
  readonly #runs = new Map<string, RunInHand>();
  readonly #stopping = new AbortController();

  constructor(options: RunsInHandOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#runs.size === 0;
  }

  list(): { runId: string; attempt: number }[] {
    return [...this.#runs.values()].map(({ runId, attempt }) => ({ runId, attempt }));
  }

  /** Durably taken when it says so. One that was taken before is taken again without effect. */
  take(order: RunOrder): Taken {
    const { journal } = this.#options;
    if (journal.knows(order.runId, order.attempt)) return { accepted: true, reason: null };
    const refusal = this.#refusal(order);
    if (refusal !== null) return { accepted: false, reason: refusal };
    journal.accept(order, Date.now());
    const stop = new AbortController();
    const run: RunInHand = {
      runId: order.runId,
      attempt: order.attempt,
      kind: order.kind,
      stop,
      ended: Promise.resolve(),
    };
    this.#runs.set(order.runId, run);
    run.ended = this.#perform(order, stop.signal)
      .catch((error: unknown) => {
        // Its outcome could not be written down (a full disk): it is reported as interrupted after the next start.
        this.#options.logger.error(
          { err: error, runId: order.runId },
          'the outcome of a run could not be kept',
        );
      })
      .finally(() => {
        this.#runs.delete(order.runId);
        this.#options.onChange();
      });
    this.#options.onChange();
    return { accepted: true, reason: null };
  }

  /** A run that is not in hand has ended, and its report says how. */
  cancel(runId: string): void {
    this.#runs.get(runId)?.stop.abort(failureOf('cancelled', say('run-cancelled', {})));
  }

  /** Ends all runs as interrupted; resolves when each has its report in the outbox. */
  async close(): Promise<void> {
    this.#stopping.abort();
    const reason = failureOf('interrupted', say('agent-stopped', {}), { retryable: true });
    for (const run of this.#runs.values()) run.stop.abort(reason);
    await Promise.all([...this.#runs.values()].map((run) => run.ended));
  }

  #refusal(order: RunOrder): string | null {
    if (this.#stopping.signal.aborted) return 'the agent is being stopped';
    const same = this.#runs.get(order.runId);
    if (same !== undefined) return `attempt ${same.attempt} of this run is still going on`;
    const removes = order.kind === 'forget' || order.kind === 'prune';
    if (removes && this.#options.role !== 'maintenance') {
      return 'this is a source agent: snapshots and data are removed by maintenance agents only';
    }
    if (order.kind !== 'backup') return null;
    if (this.#options.role === 'maintenance') return 'this is a maintenance agent: it backs up nothing';
    const other = [...this.#runs.values()].find((run) => run.kind === 'backup');
    return other === undefined ? null : `another backup is running on this server (${other.runId})`;
  }

  async #perform(order: RunOrder, signal: AbortSignal): Promise<void> {
    const { outbox, journal, link } = this.#options;
    const { runId, attempt } = order;
    const logger = this.#options.logger.child({ runId, attempt, kind: order.kind });
    const progress = new ProgressBoard();
    const locks = new RunLocks();
    if (order.bandwidth !== undefined) this.#options.limitsOnLine.hear(order.bandwidth);
    const bandwidth = this.#options.limitsOnLine.openRun(runId);
    const nodes = new RunNodes(runId, order.nodes, link, logger);
    const context: RunContext = {
      link,
      speeds: this.#options.speeds,
      prober: this.#options.prober,
      limits: this.#options.limits,
      packs: this.#options.packs,
      allowRestoreAnywhere: this.#options.allowRestoreAnywhere,
      allowCommands: this.#options.allowCommands,
      signal,
      stopping: this.#stopping.signal,
      report: (report) => outbox.append(runId, attempt, report),
      note: (level, said) => {
        const sense = senseOf(said);
        outbox.append(runId, attempt, {
          type: 'note',
          at: Date.now(),
          level,
          message: cutText(sentenceOf(said), 2000),
          ...(sense !== null && { sense }),
        });
      },
      progress,
      nodes,
      locks,
      bandwidth,
      logger,
    };
    const timer = setInterval(() => {
      const heldBy = bandwidth.heldBy();
      const current = { ...progress.current(), ...(heldBy !== null && { heldBy }) };
      progress.addPoint(current.sentPerSecond);
      link.sendVolatile('progress', {
        runId,
        attempt,
        progress: current,
        locks: locks.all.slice(0, MAX_RUN_LOCKS),
      });
    }, PROGRESS_MS);
    logger.info('a run began');
    context.report({ type: 'started', at: Date.now() });
    let outcome: RunOutcome;
    try {
      outcome = await perform(context, order);
    } catch (error) {
      outcome = failed(asFailure(signal.aborted ? signal.reason : error));
      if (outcome.failure?.code === 'internal') logger.error({ err: error }, 'a run failed unexpectedly');
    } finally {
      clearInterval(timer);
      nodes.close();
      bandwidth.close();
    }
    const last = progress.current();
    progress.addPoint(last.sentPerSecond);
    const { failure, ...rest } = outcome;
    journal.end(order, {
      type: 'ended',
      at: Date.now(),
      ...rest,
      reason: rest.reason === null ? null : cutText(rest.reason, 4000),
      failure:
        failure === null
          ? null
          : { code: failure.code, message: cutText(failure.message, 4000), retryable: failure.retryable },
      progress: last,
      locksLeft: locks.all.slice(0, MAX_RUN_LOCKS),
      speedCurve: progress.speedCurve,
    });
    logger.info({ outcome: outcome.outcome, reason: outcome.reason }, 'a run ended');
  }
}

function perform(context: RunContext, order: RunOrder): Promise<RunOutcome> {
  switch (order.kind) {
    case 'backup':
      return runBackup(context, order);
    case 'restore':
      return runRestore(context, order);
    case 'check':
      return runCheck(context, order);
    case 'forget':
      return runForget(context, order);
    case 'prune':
      return runPrune(context, order);
  }
}

function failed(failure: Failure): RunOutcome {
  const reason = failure.message;
  const sense = failure.sense === null ? null : senseOf(sayFailure(failure));
  if (failure.code === 'cancelled')
    return { ...NOTHING_DONE, outcome: 'cancelled', reason, sense, failure: null };
  return { ...NOTHING_DONE, outcome: 'failed', reason, sense, failure };
}
