import type { RunReport } from '@breakwater/contract/agent-run';
import { parseCheckSubset } from '@breakwater/domain/check-subset';
import type { Prisma } from '../db/generated/client.ts';
import { noteCopyChecked, noteCopyPruned } from '../repositories/copy-history.ts';
import { noteForgotten } from '../snapshots/recorded-snapshots.ts';
import { runAsk } from './run-ask.ts';
import type { RunRow } from './run-records.ts';

/** Writes down what a run that has ended did to a repository's copies: snapshots forgotten, pruned, packs read. */
export async function noteCare(
  tx: Prisma.TransactionClient,
  run: Pick<RunRow, 'order' | 'repositoryId'>,
  report: Extract<RunReport, { type: 'ended' }>,
  at: Date,
): Promise<void> {
  const { repositoryId } = run;
  if (repositoryId === null) return;
  const ask = runAsk.parse(run.order);
  // Whatever became of the run, what it removed is gone.
  if (ask.kind === 'forget') await noteForgotten(tx, repositoryId, report.forgotten ?? [], at);
  if (ask.kind === 'prune' && report.outcome === 'succeeded') {
    await noteCopyPruned(tx, { repositoryId, nodeId: ask.nodeId }, at);
  }
  // Damage that was found was found by reading.
  const judged = report.outcome === 'succeeded' || report.failure?.code === 'repository-damaged';
  if (ask.kind === 'check' && judged) {
    await noteCopyChecked(tx, { repositoryId, nodeId: ask.nodeId }, at, readBy(ask));
  }
}

function readBy(ask: { readData: boolean; readDataSubset?: string | undefined }) {
  if (ask.readDataSubset === undefined) return ask.readData ? null : undefined;
  const parsed = parseCheckSubset(ask.readDataSubset);
  return parsed.ok ? parsed.subset : undefined;
}
