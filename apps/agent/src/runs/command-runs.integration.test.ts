import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '@breakwater/contract/agent-run';
import type { CommandResult } from '@breakwater/contract/source-commands';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { runProgram } from '@breakwater/storage-client/testing/program-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';
import { REPOSITORY_PASSWORD } from '../testing/test-center.ts';

let cluster: AgentCluster;
let source: string;
let file: string;
/** Where hooks leave what they saw. */
const seen = (name: string) => join(cluster.folder, name);

const shell = (script: string, more: object = {}) => ({ argv: ['/bin/sh', '-c', script], ...more });
const command = (script: string, more: object = {}) => ({ kind: 'command', ...shell(script), ...more });
const named = (name: string, parameters: Record<string, string> = {}) => ({ name, parameters });

beforeAll(async () => {
  cluster = await AgentCluster.start([64 * MB]);
  source = await cluster.makeSource('source tree', 4, 10_000);
  file = join(cluster.folder, 'commands.json');
  await allow({});
  await cluster.startAgent(['--allow-commands', file]);
});
afterAll(() => cluster?.stop());

async function allow(more: { sources?: object; hooks?: object }): Promise<void> {
  const sources = {
    numbers: command('seq 1 200000'),
    greet: {
      kind: 'command',
      argv: ['/bin/echo', 'hello, {name}'],
      file: 'greetings/{name}.txt',
      parameters: { name: { pattern: '[a-z]+' } },
    },
    broken: command('echo some of it; echo "no disk left" >&2; exit 7'),
    slow: command('sleep 600 & echo $! > "$OUT"; wait', {
      env: { OUT: seen('slow.pid') },
      timeoutSeconds: 1,
    }),
    endless: command('echo $$ > "$OUT"; exec cat /dev/zero', { env: { OUT: seen('endless.pid') } }),
    ...more.sources,
  };
  const hooks = {
    tell: shell('env | grep ^BREAKWATER | sort > "$OUT"; echo told', { env: { OUT: seen('told') } }),
    fail: shell('echo "cannot freeze"; exit 3'),
    hang: shell('trap "" TERM; echo $$ > "$OUT"; while :; do sleep 1; done', {
      env: { OUT: seen('hang.pid') },
      timeoutSeconds: 1,
    }),
    ...more.hooks,
  };
  await writeFile(file, JSON.stringify({ version: 1, sources, hooks }), { mode: 0o600 });
}

async function run(more: Parameters<AgentCluster['backupOrder']>[1], paths: string[] = []) {
  const order = await cluster.backupOrder(paths, more);
  expect(await cluster.center.call('run', order)).toEqual({ accepted: true, reason: null });
  const ended = await cluster.center.ended(order.runId);
  return { order, ended, ...told(order.runId) };
}

function told(runId: string): {
  results: CommandResult[];
  snapshots: Extract<RunReport, { type: 'snapshot' }>[];
} {
  const reports = cluster.center.reportsOf(runId);
  return {
    results: reports.flatMap((one) => (one.type === 'command' ? [one.result] : [])),
    snapshots: reports.flatMap((one) => (one.type === 'snapshot' ? [one] : [])),
  };
}

const isGone = async (pidFile: string): Promise<boolean> => {
  const pid = (await readFile(seen(pidFile), 'utf8')).trim();
  if (!existsSync(`/proc/${pid}`)) return true;
  return /\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z '));
};
const inRepository = () => readdir(join(cluster.copyFolder(cluster.node('node-1')), 'snapshots'));

describe('a backup with commands', () => {
  it('makes a snapshot of each output and one of the paths', async () => {
    const { ended, results, snapshots } = await run(
      { commands: [named('numbers'), named('greet', { name: 'ada' })] },
      [source],
    );
    expect(ended).toMatchObject({ outcome: 'succeeded', reason: null, snapshot: null, issueCount: 0 });
    expect(snapshots.map((one) => [one.command, one.snapshot.paths, one.snapshot.tags])).toEqual([
      ['numbers', ['/numbers'], ['test', 'command:numbers']],
      ['greet name=ada', ['/greetings/ada.txt'], ['test', 'command:greet']],
      [null, [source], ['test']],
    ]);
    expect(results).toMatchObject([
      { role: 'source', name: 'numbers', outcome: 'succeeded', exitCode: 0, bytes: 1_288_895 },
      { name: 'greet', parameters: { name: 'ada' }, outcome: 'succeeded', bytes: 11 },
    ]);
    expect(results.map((one) => one.snapshotId)).toEqual(snapshots.slice(0, 2).map((one) => one.snapshot.id));
    expect(ended.snapshotId).toBe(snapshots[2]?.snapshot.id);
    expect(ended.stats).toMatchObject({ filesNew: 6, bytesProcessed: 1_288_895 + 11 + 40_000 });
    expect(ended.progress).toMatchObject({ filesDone: 6, filesTotal: 6, bytesDone: 1_288_895 + 11 + 40_000 });
    expect(await inRepository()).toHaveLength(3);
  });

  it('keeps what could be had when one of them fails, and tells why it failed', async () => {
    const { ended, results, snapshots } = await run(
      { commands: [named('broken'), named('greet', { name: 'bob' })] },
      [source],
    );
    expect(ended).toMatchObject({ outcome: 'partial', failure: null });
    expect(ended.reason).toBe('broken: "/bin/sh" ended with 7; no snapshot was made');
    expect(snapshots.map((one) => one.command)).toEqual(['greet name=bob', null]);
    expect(results[0]).toMatchObject({
      ...{ name: 'broken', outcome: 'failed', exitCode: 7, snapshotId: null },
      output: 'no disk left',
    });
    // The files were found unchanged, by the snapshot of the paths and not by a command's.
    expect(ended.stats).toMatchObject({ filesUnmodified: 4 });
  });

  it('fails when nothing could be had', async () => {
    const { ended, snapshots } = await run({ commands: [named('broken')] });
    expect(ended).toMatchObject({ outcome: 'failed', failure: { code: 'command-failed' }, snapshotId: null });
    expect(snapshots).toEqual([]);
  });

  it('keeps what commands gave when the paths are gone', async () => {
    const { ended, snapshots } = await run({ commands: [named('greet', { name: 'eve' })] }, [
      seen('nowhere'),
    ]);
    expect(ended.outcome).toBe('partial');
    expect(ended.snapshotId).toBe(snapshots[0]?.snapshot.id);
  });

  it('ends one that takes too long, with all that it has started', async () => {
    const { ended, results } = await run({ commands: [named('slow')] });
    expect(ended).toMatchObject({ outcome: 'failed', failure: { code: 'command-failed' } });
    expect(ended.reason).toContain('took longer than 1 s');
    expect(results).toMatchObject([{ name: 'slow', outcome: 'timed-out', snapshotId: null }]);
    await expect.poll(() => isGone('slow.pid'), { timeout: 8000 }).toBe(true);
  });

  it('ends one when the run is cancelled', async () => {
    const order = await cluster.backupOrder([], {
      commands: [named('endless')],
      hooks: { before: [], after: [named('tell')] },
    });
    await cluster.center.call('run', order);
    await cluster.center.until(() =>
      cluster.center.progress.some((one) => one.runId === order.runId && one.progress.bytesDone > 0),
    );
    await cluster.center.call('cancel', { runId: order.runId });
    expect(await cluster.center.ended(order.runId)).toMatchObject({ outcome: 'cancelled', snapshotId: null });
    expect(told(order.runId).results).toMatchObject([
      { name: 'endless', outcome: 'cancelled' },
      { role: 'after', name: 'tell', outcome: 'succeeded' },
    ]);
    expect(await readFile(seen('told'), 'utf8')).toContain('BREAKWATER_OUTCOME=cancelled\n');
    await expect.poll(() => isGone('endless.pid'), { timeout: 8000 }).toBe(true);
  });
});

describe("what the server's own list does not allow", () => {
  it('is not run, whatever the control center asks for', async () => {
    const asked = [named('rm'), named('greet', { name: 'x; touch /tmp/x' }), named('tell')];
    const before = await inRepository();
    const { ended, results } = await run({
      commands: asked,
      hooks: { before: [], after: [named('numbers')] },
    });
    expect(ended).toMatchObject({ outcome: 'failed', failure: { code: 'command-not-allowed' } });
    expect(results.map((one) => [one.role, one.name, one.outcome, one.startedAt])).toEqual([
      ['source', 'rm', 'not-allowed', null],
      ['source', 'greet', 'not-allowed', null],
      ['source', 'tell', 'not-allowed', null],
      ['after', 'numbers', 'not-allowed', null],
    ]);
    expect(await inRepository()).toEqual(before);
  });

  it('is told by the agent, and told again when the list has changed', async () => {
    const { center } = cluster;
    const first = await center.until(() => center.allowed[0]);
    expect(first.sources.map(({ name }) => name)).toEqual(['numbers', 'greet', 'broken', 'slow', 'endless']);
    expect(JSON.stringify(first)).not.toContain('/bin');
    await allow({ sources: { added: command('echo new') } });
    await center.until(() => center.allowed.at(-1)?.sources.some(({ name }) => name === 'added'));
    await chmod(file, 0o666);
    const { ended } = await run({ commands: [named('added')] });
    expect(ended.reason).toContain('others may write to it (mode 0666)');
    await center.until(() => center.allowed.at(-1)?.problem?.includes('others may write to it'));
    await chmod(file, 0o600);
    expect((await run({ commands: [named('added')] })).ended.outcome).toBe('succeeded');
  });

  it('keeps an agent from starting when its list is not to be trusted', async () => {
    const open = seen('open.json');
    await writeFile(open, '{"version": 1}');
    await chmod(open, 0o602);
    const args = ['run', '--data', seen('other'), '--allow-commands', open];
    // Not enrolled: that would be told otherwise.
    await runProgram('breakwater-agent', [
      ...['enroll', '--server', cluster.center.url, '--token', 'join', '--address', 'other.test'],
      ...['--data', seen('other')],
    ]);
    const { code, stderr } = await runProgram('breakwater-agent', args);
    expect(code).toBe(1);
    expect(stderr).toContain(`${open}: others may write to it`);
  });
});

describe('hooks', () => {
  it('run before and after, and learn how it went', async () => {
    const hooks = { before: [{ ...named('tell'), ifFails: 'stop' as const }], after: [named('tell')] };
    const { order, ended, results } = await run({ hooks }, [source]);
    expect(ended).toMatchObject({ outcome: 'succeeded', reason: null });
    expect(results.map((one) => [one.role, one.outcome, one.output])).toEqual([
      ['before', 'succeeded', 'told'],
      ['after', 'succeeded', 'told'],
    ]);
    expect((await readFile(seen('told'), 'utf8')).split('\n').filter(Boolean)).toEqual([
      'BREAKWATER_HOOK=after',
      'BREAKWATER_OUTCOME=succeeded',
      'BREAKWATER_REASON=',
      `BREAKWATER_RUN_ID=${order.runId}`,
      'BREAKWATER_SERVER=host.test',
      `BREAKWATER_SNAPSHOT_IDS=${ended.snapshotId}`,
    ]);
  });

  it('end the run when one before it fails, by choice, and those after it run all the same', async () => {
    const before = [
      { ...named('fail'), ifFails: 'stop' as const },
      { ...named('tell'), ifFails: 'stop' as const },
    ];
    const { ended, results } = await run({ hooks: { before, after: [named('tell')] } }, [source]);
    expect(ended).toMatchObject({ outcome: 'failed', failure: { code: 'command-failed' }, snapshotId: null });
    expect(results.map((one) => [one.role, one.name, one.outcome, one.exitCode, one.output])).toEqual([
      ['before', 'fail', 'failed', 3, 'cannot freeze'],
      ['before', 'tell', 'skipped', null, ''],
      ['after', 'tell', 'succeeded', 0, 'told'],
    ]);
    expect(await readFile(seen('told'), 'utf8')).toContain('BREAKWATER_OUTCOME=failed\n');
  });

  it('are only told of when they fail and the backup is to go on', async () => {
    const before = [{ ...named('fail'), ifFails: 'go-on' as const }];
    const { ended } = await run({ hooks: { before, after: [named('fail')] } }, [source]);
    expect(ended).toMatchObject({ outcome: 'succeeded', failure: null });
    expect(ended.reason).toBe('the hook "fail", "fail" failed');
    expect(ended.snapshot).not.toBeNull();
  });

  it('are killed when their time is up, though they ignore being asked', async () => {
    const { results } = await run({ hooks: { before: [], after: [named('hang')] } }, [source]);
    expect(results).toMatchObject([{ name: 'hang', outcome: 'timed-out', exitCode: null }]);
    expect(await isGone('hang.pid')).toBe(true);
  });
});

describe('an agent that is stopped', () => {
  it('ends the command, and still runs the hooks after', async () => {
    const hooks = { before: [], after: [named('tell')] };
    const order = await cluster.backupOrder([], { commands: [named('endless')], hooks });
    await cluster.center.call('run', order);
    await cluster.center.until(() =>
      cluster.center.progress.some((one) => one.runId === order.runId && one.progress.bytesDone > 0),
    );
    await cluster.agent.stop('SIGTERM');
    await cluster.startAgent(['--allow-commands', file]);
    expect(await cluster.center.ended(order.runId)).toMatchObject({
      ...{ outcome: 'failed', failure: { code: 'interrupted' } },
    });
    expect(await readFile(seen('told'), 'utf8')).toContain(`BREAKWATER_RUN_ID=${order.runId}\n`);
    await expect.poll(() => isGone('endless.pid'), { timeout: 8000 }).toBe(true);
  });
});

describeWithRestic('read by stock restic', () => {
  it('is clean, and gives what the command gave', async () => {
    const { snapshots } = await run({ commands: [named('numbers'), named('greet', { name: 'zoe' })] });
    const restic = new StockRestic(cluster.folder, {
      RESTIC_REPOSITORY: cluster.copyFolder(cluster.node('node-1')),
      RESTIC_PASSWORD: REPOSITORY_PASSWORD,
    });
    const [numbers, greet] = snapshots.map((one) => one.snapshot.id);
    const lines = (await restic.run('dump', numbers ?? '', '/numbers')).trimEnd().split('\n');
    expect(lines).toEqual(Array.from({ length: 200_000 }, (_, at) => String(at + 1)));
    expect(await restic.run('dump', greet ?? '', '/greetings/zoe.txt')).toBe('hello, zoe\n');
    expect(await restic.run('check', '--read-data')).toContain('no errors were found');
  });
});
