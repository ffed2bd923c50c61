import type { RunOrder, RunReport } from '@breakwater/contract/agent-run';
import { type DatabaseSync, transact } from './agent-database.ts';
import type { Outbox } from './outbox.ts';

/** How long an ended run is remembered, so that an order delivered again is not run again. */
const REMEMBER_MS = 30 * 86_400_000;

export type EndedReport = Extract<RunReport, { type: 'ended' }>;

export interface JournaledRun {
  runId: string;
  attempt: number;
  kind: RunOrder['kind'];
}

/** Which orders this agent has taken, durably: what is taken is either ended by a report or reported interrupted. */
export class RunJournal {
  readonly #database: DatabaseSync;
  readonly #outbox: Outbox;

  constructor(database: DatabaseSync, outbox: Outbox) {
    this.#database = database;
    this.#outbox = outbox;
  }

  knows(runId: string, attempt: number): boolean {
    const row = this.#database
      .prepare('SELECT 1 FROM runs WHERE run_id = ? AND attempt = ?')
      .get(runId, attempt);
    return row !== undefined;
  }

  /** Durable when it returns. */
  accept(run: JournaledRun, now: number): void {
    this.#database.prepare('DELETE FROM runs WHERE ended_at < ?').run(now - REMEMBER_MS);
    this.#database
      .prepare('INSERT INTO runs (run_id, attempt, kind, accepted_at) VALUES (?, ?, ?, ?)')
      .run(run.runId, run.attempt, run.kind, now);
  }

  /** Puts the outcome into the outbox and marks the run as ended, both or neither. */
  end(run: { runId: string; attempt: number }, report: EndedReport): void {
    transact(this.#database, () => {
      this.#outbox.append(run.runId, run.attempt, report);
      this.#database
        .prepare('UPDATE runs SET ended_at = ? WHERE run_id = ? AND attempt = ?')
        .run(report.at, run.runId, run.attempt);
    });
  }

  /** Runs that were taken and never ended: after a start, those the process died with. */
  open(): JournaledRun[] {
    return this.#database
      .prepare('SELECT run_id, attempt, kind FROM runs WHERE ended_at IS NULL ORDER BY accepted_at')
      .all()
      .map((row) => ({
        runId: String(row.run_id),
        attempt: Number(row.attempt),
        kind: String(row.kind) as RunOrder['kind'],
      }));
  }
}
