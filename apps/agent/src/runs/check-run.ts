import { type CheckOrder, type DamageReport, MAX_DISTRUSTED_PACKS } from '@breakwater/contract/agent-run';
import { type FileIssue, MAX_REPORTED_ISSUES, NO_PROGRESS, type RunProgress } from '@breakwater/contract/run';
import type { Remark } from '@breakwater/contract/remark';
import { cutText } from '@breakwater/domain/cut-text';
import { type CheckSubset, parseCheckSubset } from '@breakwater/domain/check-subset';
import { Failure } from '@breakwater/domain/failure';
import { type CheckProgress, type CheckReport, checkRepository } from '@breakwater/restic-format/check';
import type { Problem } from '@breakwater/restic-format/check-problem';
import { Rate } from '../backup/rate.ts';
import { failureOf, say, senseOf } from '../remarks/say.ts';
import { oneCopy } from './one-copy.ts';
import { withCopy } from './open-copy.ts';
import type { RunContext, RunOutcome } from './run-context.ts';

/** Checks one copy. A copy with errors makes the run `failed` with the list; hints do not. */
export async function runCheck(context: RunContext, order: CheckOrder): Promise<RunOutcome> {
  const node = oneCopy(context);
  const { progress } = context;
  const began = performance.now();
  progress.useNode(node.nodeName);
  return withCopy(context, node, order.repository, async (repository, signal) => {
    progress.resume();
    const rate = new Rate();
    const readDataSubset = subsetOf(order);
    const report = await checkRepository(repository, {
      readData: order.readData || readDataSubset !== undefined,
      readDataSubset,
      signal,
      onProgress: (check) => progress.update(progressOf(check, rate)),
    });
    const errors = report.problems.filter((problem) => problem.severity === 'error');
    const { hints } = report;
    if (hints > 0) context.note('info', say('hints-found', { count: hints }));
    const said = report.errors === 0 ? null : sayDamage(node.nodeName, report.errors, errors[0]);
    return {
      outcome: report.errors === 0 ? 'succeeded' : 'failed',
      reason: said?.text ?? null,
      sense: senseOf(said),
      failure: said === null ? null : failureOf('repository-damaged', said),
      nodeId: node.nodeId,
      snapshotId: null,
      snapshot: null,
      stats: { bytesProcessed: report.bytesRead, durationSeconds: (performance.now() - began) / 1000 },
      issues: errors.slice(0, MAX_REPORTED_ISSUES).map(issueOf),
      issueCount: report.errors,
      damage: damageOf(report),
    };
  });
}

function subsetOf(order: CheckOrder): CheckSubset | undefined {
  if (order.readDataSubset === undefined) return undefined;
  const parsed = parseCheckSubset(order.readDataSubset);
  if (parsed.ok) return parsed.subset;
  throw new Failure('invalid-request', `readDataSubset is "${order.readDataSubset}": ${parsed.expected}`);
}

function sayDamage(node: string, count: number, first: Problem | undefined): Remark {
  return say('copy-damaged', { node, count, first: first?.message ?? '' });
}

/** Packs that a backup must not rely on, in a fixed order where there are more than can be told. */
function damageOf({ brokenPacks, problems, errors }: CheckReport): DamageReport {
  const packs = new Set(brokenPacks);
  for (const { kind, packId } of problems) {
    if (kind === 'tree-damaged' && packId !== undefined) packs.add(packId);
  }
  return {
    packIds: [...packs].sort().slice(0, MAX_DISTRUSTED_PACKS),
    packs: packs.size,
    errors,
    packsJudged: problems.every(({ kind }) => kind !== 'index-damaged'),
  };
}

function issueOf(problem: Problem): FileIssue {
  const where = problem.path ?? problem.packId ?? problem.snapshotId ?? problem.blobId ?? problem.kind;
  return { path: where, during: 'read', code: 'damaged', message: cutText(problem.message, 2000) };
}

function progressOf(check: CheckProgress, rate: Rate): RunProgress {
  const known = check.packsTotal > 0;
  const bytesPerSecond = rate.note(check.bytesDone, performance.now());
  const left = check.bytesTotal - check.bytesDone;
  return {
    ...NO_PROGRESS,
    phase: check.phase === 'structure' ? 'scanning' : 'transferring',
    filesDone: check.packsDone,
    bytesDone: check.bytesDone,
    filesTotal: known ? check.packsTotal : null,
    bytesTotal: known ? check.bytesTotal : null,
    bytesPerSecond,
    etaSeconds: known && bytesPerSecond > 0 ? left / bytesPerSecond : null,
  };
}
