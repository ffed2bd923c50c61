import { type RunReport, type RunReportEnvelope, runReportEnvelope } from '@breakwater/contract/agent-run';
import type { DatabaseSync } from './agent-database.ts';

/**
 * What the control center must be told and does not have yet. Entries leave in the order they came, and only
 * after the control center has acknowledged them; it applies each (runId, attempt, seq) once.
 */
export class Outbox {
  readonly #database: DatabaseSync;
  #onAppended: () => void = () => undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Durable when it returns, unless it is called inside a transaction, which then decides. */
  append(runId: string, attempt: number, report: RunReport): void {
    // Checked here, where it was made, rather than when it is too late to do anything about it.
    runReportEnvelope.parse({ seq: 1, runId, attempt, report });
    this.#database
      .prepare('INSERT INTO outbox (run_id, attempt, report) VALUES (?, ?, ?)')
      .run(runId, attempt, JSON.stringify(report));
    this.#onAppended();
  }

  /** Oldest entry; null when all is delivered. */
  first(): RunReportEnvelope | null {
    const row = this.#database
      .prepare('SELECT seq, run_id, attempt, report FROM outbox ORDER BY seq LIMIT 1')
      .get();
    if (row === undefined) return null;
    return {
      seq: Number(row.seq),
      runId: String(row.run_id),
      attempt: Number(row.attempt),
      report: JSON.parse(String(row.report)),
    };
  }

  remove(seq: number): void {
    this.#database.prepare('DELETE FROM outbox WHERE seq = ?').run(seq);
  }

  /** Runs that something is still to be told of. */
  runs(): { runId: string; attempt: number }[] {
    return this.#database
      .prepare('SELECT run_id, max(attempt) AS attempt FROM outbox GROUP BY run_id')
      .all()
      .map((row) => ({ runId: String(row.run_id), attempt: Number(row.attempt) }));
  }

  get length(): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM outbox').get()?.n ?? 0);
  }

  /** Calls back after each append; the one listener is the delivery. */
  whenAppended(callback: () => void): void {
    this.#onAppended = callback;
  }
}
