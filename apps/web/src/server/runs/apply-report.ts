import type { RunReport, RunReportEnvelope } from '@breakwater/contract/agent-run';
import type { Prisma } from '../db/generated/client.ts';
import { type CatalogedSnapshot, catalogSnapshot } from '../snapshots/catalog-snapshot.ts';
import type { Remark } from '@breakwater/contract/remark';
import type { WrittenEvent } from '../events/write-event.ts';
import { outcomeRemark } from './outcome-remark.ts';
import { moveRun } from './move-run.ts';
import { noteCare } from './note-care.ts';
import { publishRun } from './publish-run.ts';
import type { RunContext } from './run-context.ts';
import { lockRun, markReportApplied, noteOnRun, reasonOf, type RunRow } from './run-records.ts';
import { bytesSent, type StoredReservation } from './run-reservation-records.ts';
import { storedRemark } from '../remarks/say.ts';
import { storedCommands, storedLog, storedPlacements } from './run-view.ts';
import { settleRun } from './settle-run.ts';
import { trueTime } from './true-time.ts';

/** A run's log and rankings are shown whole: so many lines of each are kept, the newest. */
const MAX_LOG = 500;
/** More than an order can have. */
const MAX_COMMANDS = 128;
const MAX_PLACEMENTS = 50;

export type Applied =
  | { effect: 'none'; why: 'unknown run' | 'foreign run' | 'seen before' }
  /** The run has moved on without this attempt. A snapshot it made is real, though, and was cataloged. */
  | { effect: 'late'; run: RunRow; told: WrittenEvent | null }
  | { effect: 'noted'; run: RunRow }
  /** `told`: what else was written down besides, to be announced as well. */
  | { effect: 'moved'; run: RunRow; ended: boolean; event: WrittenEvent | null; told?: WrittenEvent | null };

/**
 * Takes one report of an agent: in one transaction, once by (run, attempt, seq). Whatever it finds, the report has
 * been dealt with when this resolves, and the agent may forget it; only trouble with the database throws.
 */
export async function applyReport(
  context: RunContext,
  from: { agentId: string; clockOffsetMs: number | null },
  envelope: RunReportEnvelope,
): Promise<Applied> {
  const applied = await context.db.$transaction((tx) => apply(tx, context.now(), from, envelope));
  if ('told' in applied && applied.told) await context.events.announce(applied.told);
  if (applied.effect === 'moved') {
    if (applied.ended) await settleRun(context, applied);
    else publishRun(context, applied.run);
  } else if (applied.effect === 'noted') {
    publishRun(context, applied.run);
    if (envelope.report.type === 'snapshot') context.live.changed('snapshots');
  } else if (applied.effect === 'late') {
    context.logger.info(
      { runId: envelope.runId, attempt: envelope.attempt, state: applied.run.state },
      'a report came too late',
    );
    if (snapshotOf(envelope.report) !== null) context.live.changed('snapshots');
  } else {
    context.logger.info(
      { runId: envelope.runId, seq: envelope.seq, why: applied.why },
      'a report was set aside',
    );
  }
  return applied;
}

async function apply(
  tx: Prisma.TransactionClient,
  now: number,
  from: { agentId: string; clockOffsetMs: number | null },
  { runId, attempt, seq, report }: RunReportEnvelope,
): Promise<Applied> {
  const run = await lockRun(tx, runId);
  if (run === null) return { effect: 'none', why: 'unknown run' };
  if (run.agentId !== from.agentId || attempt > run.attempt) return { effect: 'none', why: 'foreign run' };
  if (!(await markReportApplied(tx, { runId, attempt, seq }))) return { effect: 'none', why: 'seen before' };

  const notBefore = (attempt === run.attempt ? run.dispatchedAt : null) ?? run.createdAt;
  const at = trueTime(report.at, from.clockOffsetMs, notBefore.getTime(), now);
  const active = run.state === 'dispatched' || run.state === 'running';
  if (attempt !== run.attempt || !active) {
    await keepSnapshot(tx, run, report, new Date(now));
    const told = report.type === 'ended' ? await noteCare(tx, run, report, new Date(now)) : null;
    return { effect: 'late', run, told };
  }
  switch (report.type) {
    case 'started':
      return started(tx, run, at);
    case 'placed':
      return placed(tx, run, report, at);
    case 'note':
      return noted(tx, run, report, at);
    case 'command':
      return commandEnded(tx, run, report);
    case 'snapshot':
      await keepSnapshot(tx, run, report, new Date(now));
      return { effect: 'noted', run };
    case 'ended':
      return ended(tx, run, report, { at, now: new Date(now) });
  }
}

async function started(tx: Prisma.TransactionClient, run: RunRow, at: Date): Promise<Applied> {
  // A cancel that was asked for meanwhile stays the reason that is shown.
  const kept: Remark | null = run.cancelRequestedAt === null ? null : storedRemark(run.remark, run.reason);
  const move = await moveRun(tx, run, { type: 'start' }, at, {
    startedAt: at,
    acceptedAt: run.acceptedAt ?? at,
  });
  if (!move.ok) return { effect: 'none', why: 'seen before' };
  if (kept === null) return { effect: 'moved', run: move.run, ended: false, event: null };
  await noteOnRun(tx, run, reasonOf(kept));
  const shown = { ...move.run, reason: kept.text, remark: kept };
  return { effect: 'moved', run: shown, ended: false, event: null };
}

async function placed(
  tx: Prisma.TransactionClient,
  run: RunRow,
  report: Extract<RunReport, { type: 'placed' }>,
  at: Date,
): Promise<Applied> {
  const placements = [
    ...storedPlacements.parse(run.placements),
    { ...report.placement, at: at.toISOString() },
  ].slice(-MAX_PLACEMENTS);
  const { chosen, ranking } = report.placement;
  const bytes = ranking.find((one) => one.nodeId === chosen.nodeId)?.bytesToSend ?? null;
  const reservation: StoredReservation = {
    nodeId: chosen.nodeId,
    bytes,
    sentBefore: bytesSent(run.progress),
  };
  await noteOnRun(tx, run, { placements, reservation });
  return { effect: 'noted', run: { ...run, placements } };
}

async function noted(
  tx: Prisma.TransactionClient,
  run: RunRow,
  report: Extract<RunReport, { type: 'note' }>,
  at: Date,
): Promise<Applied> {
  const { level, message, sense } = report;
  const line = { at: at.toISOString(), level, message, ...(sense !== undefined && { sense }) };
  const log = [...storedLog.parse(run.log), line].slice(-MAX_LOG);
  await noteOnRun(tx, run, { log });
  return { effect: 'noted', run: { ...run, log } };
}

async function commandEnded(
  tx: Prisma.TransactionClient,
  run: RunRow,
  report: Extract<RunReport, { type: 'command' }>,
): Promise<Applied> {
  const commands = [...storedCommands.parse(run.commands), report.result].slice(-MAX_COMMANDS);
  await noteOnRun(tx, run, { commands });
  return { effect: 'noted', run: { ...run, commands } };
}

async function ended(
  tx: Prisma.TransactionClient,
  run: RunRow,
  report: Extract<RunReport, { type: 'ended' }>,
  { at, now }: { at: Date; now: Date },
): Promise<Applied> {
  await keepSnapshot(tx, run, report, now);
  const told = await noteCare(tx, run, report, now);
  const { outcome, failure } = report;
  const move = await moveRun(
    tx,
    run,
    { type: 'end', outcome, remark: outcomeRemark(run, report) },
    at,
    {
      startedAt: run.startedAt ?? at,
      acceptedAt: run.acceptedAt ?? at,
      snapshotId: report.snapshotId,
      stats: report.stats,
      issues: report.issues,
      issueCount: report.issueCount,
      speedCurve: report.speedCurve,
      // An agent that died knows nothing of its locks any more: what it said before counts.
      ...(report.locksLeft === undefined ? {} : { locks: report.locksLeft }),
      ...(failure === null ? {} : { failure }),
      ...(report.progress === null ? {} : { progress: report.progress }),
    },
    now,
  );
  if (!move.ok) throw new Error(`a run that was locked and active could not end: ${move.reason}`);
  return { effect: 'moved', run: move.run, ended: true, event: move.event, told };
}

async function keepSnapshot(
  tx: Prisma.TransactionClient,
  run: RunRow,
  report: RunReport,
  /** By our clock alone: retention counts from when the control center got to know of it. */
  at: Date,
): Promise<void> {
  const snapshot = snapshotOf(report);
  if (snapshot === null || run.repositoryId === null || run.kind !== 'backup') return;
  await catalogSnapshot(tx, {
    ...snapshot,
    repositoryId: run.repositoryId,
    taskId: run.taskId,
    runId: run.id,
    sourceAddress: run.sourceAddress,
    at,
  });
}

type ReportedSnapshot = Omit<CatalogedSnapshot, 'repositoryId' | 'taskId' | 'runId' | 'sourceAddress' | 'at'>;

function snapshotOf(report: RunReport): ReportedSnapshot | null {
  if (report.type !== 'ended' && report.type !== 'snapshot') return null;
  if (report.snapshot === null || report.nodeId === null) return null;
  const { id, time, hostname, paths, tree } = report.snapshot;
  const { filesNew, filesChanged, filesUnmodified, bytesProcessed, bytesStored } = report.stats;
  const counted = filesNew !== undefined || filesChanged !== undefined || filesUnmodified !== undefined;
  return {
    id,
    time,
    hostname,
    paths,
    tree,
    nodeId: report.nodeId,
    files: counted ? (filesNew ?? 0) + (filesChanged ?? 0) + (filesUnmodified ?? 0) : null,
    bytes: bytesProcessed ?? null,
    storedBytes: bytesStored ?? null,
    command: report.type === 'snapshot' ? report.command : null,
    partial: report.type === 'snapshot' ? report.partial : report.outcome === 'partial',
  };
}
