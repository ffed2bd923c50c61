import { randomUUID } from 'node:crypto';
import { agent as agentShown, page, snapshot } from '@breakwater/contract/resources';
import { retentionPreview } from '@breakwater/contract/retention';
import type { AllowedCommands, CommandResult } from '@breakwater/contract/source-commands';
import { task, taskAnswer } from '@breakwater/contract/task';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ContractAgent } from '../links/testing/contract-peers.ts';
import { RunStage, snapshotOf, started } from '../runs/testing/run-stage.ts';

let stage: RunStage;
beforeAll(async () => {
  stage = await RunStage.open();
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

const hex = () => randomUUID().replaceAll('-', '').repeat(2);
const hook = (name: string) => ({ name, description: null, timeoutSeconds: 60, parameters: [] });
const ALLOWED: AllowedCommands = {
  sources: [
    { ...hook('pg-all'), kind: 'postgresql', file: 'pg-all.sql' },
    {
      ...hook('pg'),
      kind: 'postgresql',
      file: 'pg-{database}.sql',
      parameters: [{ name: 'database', pattern: '[a-z_]+', description: null }],
    },
    // Made to hold up whoever tries it.
    {
      ...hook('slow-pattern'),
      kind: 'command',
      file: '{x}',
      parameters: [{ name: 'x', pattern: '(a+)+', description: null }],
    },
  ],
  hooks: [hook('freeze'), hook('thaw')],
  problem: null,
};

async function serverWith(commands: AllowedCommands | null = ALLOWED): Promise<ContractAgent> {
  const agent = await stage.agentThere();
  if (commands !== null) expect((await agent.send('allowed-commands', commands)).ok).toBe(true);
  return agent;
}
const post = (sourceAddress: string, more: object) =>
  stage.call('POST', '/tasks', { name: 'Shop', sourceAddress, ...more });
const shown = async (id: string) => (await stage.call('GET', `/agents/${id}`)).as(agentShown);

const pg = { name: 'pg', parameters: { database: 'shop' } };
const hooks = {
  before: [{ name: 'freeze', parameters: {}, ifFails: 'go-on' }],
  after: [{ name: 'thaw', parameters: {} }],
};
const result = (more: Partial<CommandResult>): CommandResult => ({
  ...{ role: 'source', name: 'pg', parameters: { database: 'shop' }, outcome: 'succeeded' },
  ...{ exitCode: 0, startedAt: Date.now(), seconds: 1, message: null },
  ...{ output: '', outputCut: false, bytes: 100, snapshotId: null },
  ...more,
});

describe('commands of a task', () => {
  it('are those that its server allows, and are sent to it by name', async () => {
    const agent = await serverWith();
    expect((await shown(agent.id)).commands).toMatchObject(ALLOWED);
    const made = (await post(agent.address, { commands: [pg], hooks })).as(taskAnswer);
    expect(made).toMatchObject({ paths: [], commands: [pg], hooks });
    const order = agent.nextOrder();
    await stage.runNow(made.id);
    expect(await order).toMatchObject({ kind: 'backup', paths: [], commands: [pg], hooks });
  });

  it.each<[object, string, string, string]>([
    [{ commands: [{ name: 'rm' }] }, 'commands.0.name', '"rm"', 'pg-all, pg, slow-pattern'],
    [{ commands: [{ name: 'freeze' }] }, 'commands.0.name', '"freeze"', "this server's own list allows"],
    [
      { commands: [pg], hooks: { after: [{ name: 'pg-all' }] } },
      'hooks.after.0.name',
      '"pg-all"',
      'freeze, thaw',
    ],
    [{ commands: [{ name: 'pg' }] }, 'commands.0.parameters.database', 'missing', 'matches [a-z_]+'],
    [
      { commands: [{ name: 'pg', parameters: { database: 'shop; x' } }] },
      ...(['commands.0.parameters.database', '"shop; x"', 'matches [a-z_]+'] as const),
    ],
    [
      { commands: [{ name: 'pg-all', parameters: { host: 'x' } }] },
      ...(['commands.0.parameters.host', '"x"', 'no parameters'] as const),
    ],
    [
      { commands: [{ name: 'pg', parameters: { database: '-x' } }] },
      ...(['commands.0.parameters.database', '"-x"', 'does not begin with "-"'] as const),
    ],
    [{ commands: [pg, pg] }, 'commands.1', '"pg database=shop"', 'each command once'],
    [{ commands: [] }, 'paths', 'missing', 'at least one path or command'],
    [{ commands: [{ name: 'pg-all', argv: ['/bin/sh'] }] }, 'commands.0', '', ''],
  ])('are refused otherwise: %j', async (more, field, given, expected) => {
    const agent = await serverWith();
    const refused = await post(agent.address, more);
    const { code, errors = [] } = refused.problem();
    expect(refused.status).toBe(code === 'command-not-allowed' ? 403 : 400);
    const [error] = errors;
    expect(error?.field).toContain(field);
    expect(error?.given).toContain(given);
    expect(error?.expected).toContain(expected);
    expect(await stage.center.database.db.task.count({ where: { sourceAddress: agent.address } })).toBe(0);
  });

  it('are none where the server has no list, or never told', async () => {
    for (const list of [null, { sources: [], hooks: [], problem: null }]) {
      const agent = await serverWith(list);
      expect((await post(agent.address, { commands: [pg] })).problem().errors?.[0]?.expected).toContain(
        '--allow-commands',
      );
    }
  });

  it('are judged by what was last told while the server is offline', async () => {
    const agent = await serverWith();
    agent.close();
    expect((await post(agent.address, { commands: [pg] })).status).toBe(201);
    expect((await post(agent.address, { commands: [{ name: 'rm' }] })).status).toBe(403);
  });

  it('that have gone from the list may stay in their task, and no others come in', async () => {
    const agent = await serverWith();
    const { id } = (await post(agent.address, { paths: ['/etc'], commands: [pg] })).as(taskAnswer);
    await agent.send('allowed-commands', { sources: [], hooks: [], problem: 'others may write to it' });
    expect((await shown(agent.id)).commands?.problem).toBe('others may write to it');
    const patch = (body: object) => stage.call('PATCH', `/tasks/${id}`, body);
    expect((await patch({ name: 'Other', commands: [pg] })).as(taskAnswer).commands).toEqual([pg]);
    expect((await patch({ commands: [pg, { name: 'pg-all' }] })).status).toBe(403);
    expect((await patch({ hooks })).status).toBe(403);
    expect((await patch({ commands: [], paths: [] })).problem().errors?.[0]?.field).toBe('paths');
    expect((await patch({ commands: [] })).as(taskAnswer).commands).toEqual([]);
    expect((await patch({ paths: [] })).status).toBe(400);
    expect((await stage.call('GET', `/tasks/${id}`)).as(task)).toMatchObject({
      paths: ['/etc'],
      commands: [],
    });
  });

  it('are not held up by a pattern made to hold up', async () => {
    const agent = await serverWith();
    const parameters = { x: `${'a'.repeat(200)}!` };
    // The agent decides at the run.
    expect((await post(agent.address, { commands: [{ name: 'slow-pattern', parameters }] })).status).toBe(
      201,
    );
  });
});

describe('a run with commands', () => {
  /** One run of a task: what its agent reports of it, by label or null for the paths, with so many bytes. */
  async function runOf(agent: ContractAgent, taskId: string, made: [string | null, number][]) {
    const next = agent.nextOrder();
    const runId = await stage.runNow(taskId);
    const order = await next;
    await agent.report(order, started());
    const ids: string[] = [];
    for (const [command, bytes] of made) {
      const id = hex();
      ids.push(id);
      const { snapshot: facts } = snapshotOf(id);
      if (facts === null) throw new Error('no snapshot');
      await agent.report(order, {
        ...{ type: 'snapshot', at: Date.now(), nodeId: stage.node.id, command },
        snapshot: { ...facts, time: new Date().toISOString(), paths: [command ?? '/etc'] },
        stats: { filesNew: 1, bytesProcessed: bytes, bytesStored: bytes },
        partial: false,
      });
    }
    return { order, runId, ids };
  }

  it('shows how each went, and catalogs its snapshots at once', async () => {
    const agent = await serverWith();
    const { id } = (await post(agent.address, { paths: ['/etc'], commands: [pg] })).as(taskAnswer);
    const { order, runId, ids } = await runOf(agent, id, [['pg database=shop', 5000]]);
    await agent.report(order, {
      type: 'command',
      at: Date.now(),
      result: result({ snapshotId: ids[0] ?? null }),
    });
    const failed = result({
      name: 'pg-all',
      parameters: {},
      outcome: 'failed',
      exitCode: 1,
      output: 'no route',
    });
    await agent.report(order, { type: 'command', at: Date.now(), result: failed });
    const listed = (await stage.call('GET', `/snapshots?taskId=${id}`)).as(page(snapshot)).items;
    expect(listed).toMatchObject([
      { id: ids[0], command: 'pg database=shop', runId, partial: false, bytes: 5000 },
    ]);
    await agent.report(
      order,
      stage.ended({ outcome: 'partial', reason: 'pg-all failed', snapshotId: ids[0] ?? null }),
    );
    expect(await stage.get(runId)).toMatchObject({
      state: 'partial',
      snapshotId: ids[0],
      reason: 'no snapshot was made of pg-all',
      remark: { kind: 'commands-failed', values: { names: ['pg-all'], files: 0 } },
      commands: [
        { name: 'pg', outcome: 'succeeded' },
        { name: 'pg-all', outcome: 'failed', output: 'no route' },
      ],
    });
    const event = await stage.center.database.db.event.findFirstOrThrow({ where: { subjectId: runId } });
    expect(event.message).toBe(
      `The backup "Shop" of ${agent.address} is incomplete: no snapshot was made of pg-all`,
    );
  });

  it('that only had a hook fail has succeeded, and somebody is told', async () => {
    const agent = await serverWith();
    const { id } = (await post(agent.address, { commands: [pg], hooks })).as(taskAnswer);
    const { order, runId } = await runOf(agent, id, [['pg database=shop', 5000]]);
    const failed = result({
      role: 'after',
      name: 'thaw',
      parameters: {},
      outcome: 'timed-out',
      exitCode: null,
    });
    await agent.report(order, { type: 'command', at: Date.now(), result: failed });
    await agent.report(order, stage.ended({ reason: 'the hook "thaw" failed' }));
    expect(await stage.get(runId)).toMatchObject({
      state: 'succeeded',
      remark: { kind: 'hooks-failed', values: { names: ['thaw'] } },
    });
    const event = await stage.center.database.db.event.findFirstOrThrow({ where: { subjectId: runId } });
    expect(event).toMatchObject({ level: 'warn', kind: 'backup-hook-failed' });
  });

  it('has the outputs of each command, and the files, kept each for themselves', async () => {
    const agent = await serverWith();
    const body = { paths: ['/etc'], commands: [pg, { name: 'pg-all' }], retention: { keepLast: 2 } };
    const { id } = (await post(agent.address, body)).as(taskAnswer);
    const dumped: string[] = [];
    for (const round of [1, 2, 3, 4]) {
      // pg-all fails from the second run on, and the files are a thousandth of a dump: neither is odd.
      const all: [string | null, number][] = round === 1 ? [['pg-all', 9_000_000]] : [];
      const { order, ids } = await runOf(agent, id, [...all, ['pg database=shop', 5_000_000], [null, 5000]]);
      if (round === 1) dumped.push(ids[0] ?? '');
      await agent.report(order, stage.ended());
    }
    const preview = (await stage.call('GET', `/tasks/${id}/retention-preview`)).as(retentionPreview);
    expect(preview.snapshots).toHaveLength(9);
    expect(preview.snapshots.every(({ doubt }) => doubt === null)).toBe(true);
    expect(preview.snapshots.filter(({ keep }) => keep)).toHaveLength(5);
    expect(preview.snapshots.find(({ snapshotId }) => snapshotId === dumped[0])).toMatchObject({
      keep: true,
      command: 'pg-all',
    });
    // Protected: the newest of each.
    expect((await shown(agent.id)).protectedBytes).toBe(14_005_000);
  });
});
