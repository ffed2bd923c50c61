import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { page, recoveryKit } from '@breakwater/contract/resources';
import { type RunDetail, runDetail, startRunAnswer } from '@breakwater/contract/run';
import { type Task, task } from '@breakwater/contract/task';
import { isFinal } from '@breakwater/domain/run-state';
import type { CenterApi } from './center-api.ts';
import { progressLine } from './progress-bar.ts';
import { bytes, duration } from './sizes.ts';
import { say } from './steps.ts';
import { waitForCopies } from './wait-for-copies.ts';

/**
 * `npm start -- --backup PATH`: makes or reuses the task for `path`, runs it, shows it, writes the recovery kit.
 * Answers the exit code: 0 done, 3 done but some files could not be read, 1 not done.
 */
export async function backUpNow(
  api: CenterApi,
  options: { address: string; path: string; dataDir: string },
): Promise<0 | 1 | 3> {
  const { id, name } = await findOrMakeTask(api, options.address, options.path);
  const { runId } = await api.post(`/tasks/${id}/runs`, {}, startRunAnswer);
  say(`\nBacking up ${options.path} (task "${name}")`);
  const run = await follow(api, runId);
  tellOutcome(run);
  if (run.state !== 'succeeded' && run.state !== 'partial') return 1;
  if (run.repositoryId !== null) await waitForCopies(api, run.repositoryId);
  await writeKit(api, run, options.dataDir);
  return run.state === 'partial' ? 3 : 0;
}

async function findOrMakeTask(api: CenterApi, address: string, path: string): Promise<Task> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const found: { items: Task[]; nextCursor: string | null } = await api.get(
      `/tasks?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      page(task),
    );
    const known = found.items.find(
      (one) => one.sourceAddress === address && one.paths.length === 1 && one.paths[0] === path,
    );
    if (known !== undefined) return known;
    cursor = found.nextCursor;
  }
  const name = `Backup of ${path}`;
  return await api.post(
    '/tasks',
    { name: name.length > 100 ? `${name.slice(0, 99)}…` : name, sourceAddress: address, paths: [path] },
    task,
  );
}

/** Shows a run until it has ended. */
async function follow(api: CenterApi, runId: string): Promise<RunDetail> {
  const interactive = process.stdout.isTTY === true;
  let lastPlainLine = 0;
  for (;;) {
    const run = await api.get(`/runs/${runId}`, runDetail);
    const ended = isFinal(run.state);
    const line =
      run.progress === null
        ? `${run.state}${run.reason === null ? '' : `: ${run.reason}`}`
        : progressLine(run.progress, interactive ? (process.stdout.columns ?? 100) : 200);
    if (interactive) process.stdout.write(`\r\x1b[K${line}${ended ? '\n' : ''}`);
    else if (ended || Date.now() - lastPlainLine > 5000) {
      say(line);
      lastPlainLine = Date.now();
    }
    if (ended) return run;
    await pause(250);
  }
}

function tellOutcome(run: RunDetail): void {
  if (run.state !== 'succeeded' && run.state !== 'partial') {
    say(`✗ The backup ended as ${run.state}: ${run.reason ?? run.failure?.message ?? 'no reason was given'}`);
    return;
  }
  const { stats, placement } = run;
  const chosen = placement?.ranking.find((one) => one.verdict === 'chosen');
  say(
    run.state === 'succeeded'
      ? '✓ Backup succeeded'
      : `! Backup done, but ${run.issueCount} file(s) were not read`,
  );
  for (const issue of run.issues.slice(0, 20)) say(`    ${issue.path}: ${issue.message}`);
  if (run.issueCount > 20) say(`    … and ${run.issueCount - 20} more, on the run's page`);
  if (placement !== null)
    say(`  Node:     ${placement.chosen.nodeName} (${chosen?.reason ?? placement.strategy})`);
  for (const other of placement?.ranking.filter((one) => one.verdict !== 'chosen') ?? []) {
    say(`            ${other.nodeName}: ${other.reason}`);
  }
  say(`  Snapshot: ${run.snapshotId ?? 'none'}`);
  say(
    `  Read:     ${bytes(stats?.bytesProcessed ?? 0)}, new: ${bytes(stats?.bytesAdded ?? 0)}, ` +
      `stored: ${bytes(stats?.bytesStored ?? 0)} in ${duration(stats?.durationSeconds ?? 0)}`,
  );
}

async function writeKit(api: CenterApi, run: RunDetail, dataDir: string): Promise<void> {
  if (run.repositoryId === null) return;
  const kit = await api.get(`/repositories/${run.repositoryId}/recovery-kit`, recoveryKit);
  const folder = join(dataDir, 'recovery-kits');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${kit.repositoryId}.json`);
  writeFileSync(file, `${JSON.stringify(kit, null, 2)}\n`, { mode: 0o600 });
  say(`  Kit:      ${file}`);
  say('\nTo restore without Breakwater, with stock restic:');
  for (const command of kit.commands) say(`  ${command}`);
}
