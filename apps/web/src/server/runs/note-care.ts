import type { RunReport } from '@breakwater/contract/agent-run';
import { parseCheckSubset } from '@breakwater/domain/check-subset';
import type { Prisma } from '../db/generated/client.ts';
import { type WrittenEvent, writeEvent } from '../events/write-event.ts';
import { say } from '../remarks/say.ts';
import {
  noteCopyChecked,
  noteCopyCleared,
  noteCopyFindings,
  noteCopyPruned,
  noteCopyStoredAgain,
} from '../repositories/copy-history.ts';
import { noteForgotten } from '../snapshots/recorded-snapshots.ts';
import { runAsk } from './run-ask.ts';
import type { RunRow } from './run-records.ts';

/**
 * Writes down what a run that has ended did to a repository's copies: snapshots forgotten, pruned, packs read, damage
 * found, stored again and cleared away. Returns the event to announce when damage is found to be mended.
 */
export async function noteCare(
  tx: Prisma.TransactionClient,
  run: Pick<RunRow, 'id' | 'order' | 'repositoryId' | 'sourceAddress' | 'dispatchedAt'>,
  report: Extract<RunReport, { type: 'ended' }>,
  at: Date,
): Promise<WrittenEvent | null> {
  const { repositoryId } = run;
  if (repositoryId === null) return null;
  const ask = runAsk.parse(run.order);
  // Whatever became of the run, what it removed is gone.
  if (ask.kind === 'forget') await noteForgotten(tx, repositoryId, report.forgotten ?? [], at);
  if (ask.kind === 'prune' && report.outcome === 'succeeded') {
    await noteCopyPruned(tx, { repositoryId, nodeId: ask.nodeId }, at);
    await noteCopyCleared(tx, { repositoryId, nodeId: ask.nodeId }, report.distrustedGone ?? []);
  }
  if (ask.kind === 'backup' && report.snapshotId !== null && report.nodeId !== null) {
    const sentAt = run.dispatchedAt ?? at;
    await noteCopyStoredAgain(tx, { repositoryId, nodeId: report.nodeId }, { sentAt, at });
  }
  // Damage that was found by reading.
  const judged = report.outcome === 'succeeded' || report.failure?.code === 'repository-damaged';
  if (ask.kind !== 'check' || !judged) return null;
  const copy = { repositoryId, nodeId: ask.nodeId };
  const { damage } = report;
  // With an index file that cannot be read, no pack was looked into.
  const read = damage?.packsJudged === false ? undefined : readBy(ask);
  await noteCopyChecked(tx, copy, at, read);
  if (damage === undefined) return null;
  const { packIds, packs, errors } = damage;
  const mendedOn = await noteCopyFindings(tx, copy, { packIds, packs, errors, read, runId: run.id, at });
  if (mendedOn === null) return null;
  const of = run.sourceAddress ?? repositoryId;
  return writeEvent(
    tx,
    {
      level: 'info',
      kind: 'damage-mended',
      remark: say('damage-mended', { of, node: mendedOn }),
      subject: { type: 'repository', id: repositoryId },
      // Whoever was told of the damage is told of its end.
      notify: true,
    },
    at,
  );
}

function readBy(ask: { readData: boolean; readDataSubset?: string | undefined }) {
  if (ask.readDataSubset === undefined) return ask.readData ? null : undefined;
  const parsed = parseCheckSubset(ask.readDataSubset);
  return parsed.ok ? parsed.subset : undefined;
}
