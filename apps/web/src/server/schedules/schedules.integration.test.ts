import { page } from '@breakwater/contract/resources';
import { run } from '@breakwater/contract/run';
import { task as taskShape, taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent, startNode } from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { runDueTask } from './run-due-task.ts';

let center: TestCenter;
let clock = 0;
const sockets: { disconnect(): unknown }[] = [];
const MINUTE = 60_000;

beforeAll(async () => {
  center = await startTestCenter({ now: () => Date.now() + clock });
  const agent = await startAgent(center, 'scheduled.test');
  const node = await startNode(center, 'alpha');
  sockets.push(agent.socket, node.socket);
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await center.close();
});

const api = (method: string, path: string, body?: unknown) =>
  center.call(method, path, { token: center.admin.apiToken, body });
const make = async (schedule: object | null) => {
  const body = {
    name: 'Scheduled',
    sourceAddress: 'scheduled.test',
    paths: ['/data'],
    schedule,
    ifAgentSilent: 'wait',
  };
  return (await api('POST', '/tasks', body)).as(taskAnswer);
};
const runsOf = async (taskId: string) => (await api('GET', `/runs?taskId=${taskId}`)).as(page(run)).items;

describe('a schedule', () => {
  it('has a next time, known to the queue, until the task is deleted', async () => {
    const task = await make({ cron: '30 2 * * *', timeZone: 'Asia/Shanghai' });
    expect(task.nextRunAt).toMatch(/T18:30:00\.000Z$/);
    expect(await center.center.jobs.scheduledTasks()).toContain(task.id);
    expect((await api('PATCH', `/tasks/${task.id}`, { schedule: null })).as(taskAnswer).nextRunAt).toBeNull();
    expect(await center.center.jobs.scheduledTasks()).not.toContain(task.id);
    await api('PATCH', `/tasks/${task.id}`, { schedule: { cron: '0 0 * * *', timeZone: 'UTC' } });
    await center.call('DELETE', `/tasks/${task.id}`, { token: center.admin.apiToken });
    expect(await center.center.jobs.scheduledTasks()).not.toContain(task.id);
  });

  it('starts one run for one time, however many wake up for it', async () => {
    const task = await make({ cron: '* * * * *', timeZone: 'UTC' });
    const due = Date.parse(task.nextRunAt ?? '');
    expect(await runDueTask(center.center, task.id)).toBeNull();
    clock = due - Date.now() + 500;
    const started = await Promise.all(Array.from({ length: 6 }, () => runDueTask(center.center, task.id)));
    expect(started.filter((one) => one !== null)).toHaveLength(1);
    expect(await runsOf(task.id)).toMatchObject([{ trigger: 'schedule' }]);
    expect(Date.parse((await api('GET', `/tasks/${task.id}`)).as(taskShape).nextRunAt ?? '')).toBe(
      due + MINUTE,
    );
    await api('PATCH', `/tasks/${task.id}`, { schedule: null });
  });

  it('catches up once after a downtime, writes down what was missed, and tells of it', async () => {
    const task = await make({ cron: '0 * * * *', timeZone: 'UTC' });
    const due = Date.parse(task.nextRunAt ?? '');
    clock = due + 2 * 60 * MINUTE + 30 * MINUTE - Date.now();
    await runDueTask(center.center, task.id);
    const runs = await runsOf(task.id);
    expect(runs).toHaveLength(3);
    const missed = runs.filter((run) => run.state === 'stopped');
    expect(missed.map((run) => Date.parse(run.createdAt))).toEqual([due + 60 * MINUTE, due]);
    expect(missed[0]?.reason).toBe('the control center was not running at this time');
    const events = await center.database.db.event.findMany({ where: { subjectId: task.id } });
    expect(events).toMatchObject([{ kind: 'backup-missed', level: 'error' }]);
    expect(events[0]?.message).toContain('was due 3 times');
    await api('PATCH', `/tasks/${task.id}`, { schedule: null });
  });
});

describe('tasks', () => {
  const good = { name: 'T', sourceAddress: 'scheduled.test', paths: ['/data'] };

  it.each([
    ['an unknown address', { sourceAddress: 'nobody.test' }, 422, 'sourceAddress'],
    [
      'a cron that does not parse',
      { schedule: { cron: '61 * * * *', timeZone: 'UTC' } },
      400,
      'schedule.cron',
    ],
    ['seconds in a cron', { schedule: { cron: '0 0 2 * * *', timeZone: 'UTC' } }, 400, 'schedule.cron'],
    [
      'an unknown time zone',
      { schedule: { cron: '0 2 * * *', timeZone: 'Mars/Base' } },
      400,
      'schedule.timeZone',
    ],
    ['a relative path', { paths: ['data'] }, 400, 'paths.0'],
    ['no path', { paths: [] }, 400, 'paths'],
    ['a pin without a node', { strategy: 'pinned' }, 400, 'nodeId'],
    [
      'a node that is not there',
      { strategy: 'pinned', nodeId: '0192f0c0-0000-7000-8000-000000000001' },
      400,
      'nodeId',
    ],
    ['a repository that is not there', { repositoryId: 'nothing' }, 400, 'repositoryId'],
    ['an unknown field', { surprise: 1 }, 400, 'surprise'],
  ])('refuse %s, naming the field, and make nothing', async (_name, wrong, status, field) => {
    const before = await center.database.db.task.count();
    const answer = await center.call('POST', '/tasks', {
      token: center.admin.apiToken,
      body: { ...good, ...wrong },
    });
    expect(answer.status).toBe(status);
    expect(answer.problem().errors?.[0]?.field).toBe(field);
    expect(await center.database.db.task.count()).toBe(before);
  });

  it('are paged, changed and gone when deleted, while their runs stay', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(async (i) =>
        (await api('POST', '/tasks', { ...good, name: `Page ${i}` })).as(taskAnswer),
      ),
    );
    const first = (await api('GET', '/tasks?limit=2')).as(page(taskShape));
    const second = (
      await api('GET', `/tasks?limit=200&cursor=${encodeURIComponent(first.nextCursor ?? '')}`)
    ).as(page(taskShape));
    const ids = [...first.items, ...second.items].map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id } of made) expect(ids).toContain(id);
    const id = made[0]?.id ?? '';
    expect((await api('PATCH', `/tasks/${id}`, { name: 'Renamed' })).json).toMatchObject({
      name: 'Renamed',
      paths: ['/data'],
    });
    await api('POST', `/tasks/${id}/runs`);
    await center.call('DELETE', `/tasks/${id}`, { token: center.admin.apiToken });
    expect((await center.call('GET', `/tasks/${id}`, { token: center.admin.apiToken })).status).toBe(404);
    expect(await runsOf(id)).toHaveLength(1);
    expect((await api('GET', '/tasks?cursor=%F0')).problem().code).toBe('invalid-request');
  });
});
