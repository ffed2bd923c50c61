import { overview } from '@breakwater/contract/resources';
import { runDetail, startRunAnswer } from '@breakwater/contract/run';
import { task, taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatchRun } from '../dispatch/dispatch-run.ts';
import { wakeIdleRuns } from '../dispatch/wake-idle-runs.ts';
import { enrolAgent } from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let clock = 0;
beforeAll(async () => {
  center = await startTestCenter({ now: () => Date.now() + clock });
});
afterAll(() => center.close());

const api = (method: string, path: string, body?: unknown) =>
  center.call(method, path, { token: center.admin.apiToken, body });
const taskOf = (sourceAddress: string) => ({
  name: 'Data',
  sourceAddress,
  paths: ['/data'],
  ifAgentSilent: 'wait',
});

/** A task that waits for its server, whose address a maintenance agent has meanwhile. */
async function takenOver(address: string): Promise<{ taskId: string; runId: string }> {
  const former = await enrolAgent(center, address);
  const { id: taskId } = (await api('POST', '/tasks', taskOf(address))).as(taskAnswer);
  const { runId } = (await api('POST', `/tasks/${taskId}/runs`)).as(startRunAnswer);
  await dispatchRun(center.center, runId);
  expect((await api('GET', `/runs/${runId}`)).as(runDetail).state).toBe('waiting');
  expect((await api('DELETE', `/agents/${former.id}`)).status).toBeLessThan(300);
  await enrolAgent(center, address, 'maintenance');
  return { taskId, runId };
}

describe('a maintenance agent', () => {
  it.each([
    ['/tasks', taskOf('keeper')],
    ['/repositories', { sourceAddress: 'keeper' }],
  ])('is given nothing to back up by POST %s', async (path, body) => {
    if ((await center.center.agents.byAddress('keeper')) === null) {
      await enrolAgent(center, 'keeper', 'maintenance');
    }
    const refused = await api('POST', path, body);
    const { status } = refused;
    expect(status).toBe(422);
    expect(refused.problem().errors).toEqual([
      {
        field: 'sourceAddress',
        given: '"keeper"',
        expected: 'the address of a source agent: this one is a maintenance agent, which backs nothing up',
      },
    ]);
    expect(await center.database.db.task.count({ where: { sourceAddress: 'keeper' } })).toBe(0);
    expect(await center.database.db.repository.count({ where: { sourceAddress: 'keeper' } })).toBe(0);
  });

  it('ends a run that waited for the server whose address it has, and takes no change of the task', async () => {
    const { taskId, runId } = await takenOver('moved');
    expect(await dispatchRun(center.center, runId)).toEqual({ result: 'failed' });
    expect((await api('GET', `/runs/${runId}`)).json).toMatchObject({
      state: 'failed',
      reason: 'the agent of moved is a maintenance agent, which backs nothing up',
      failure: { code: 'unknown-address', retryable: false },
    });
    const refused = await api('PATCH', `/tasks/${taskId}`, { name: 'Other' });
    expect([refused.status, refused.problem().errors?.[0]?.field]).toEqual([422, 'sourceAddress']);
    expect((await api('GET', `/tasks/${taskId}`)).as(task).name).toBe('Data');
    expect(await center.database.db.repository.count({ where: { sourceAddress: 'moved' } })).toBe(0);
  });

  it('has such a run looked at though it is silent itself', async () => {
    const { runId } = await takenOver('silent');
    clock += 60_000;
    await wakeIdleRuns(center.center);
    await expect
      .poll(async () => (await api('GET', `/runs/${runId}`)).as(runDetail).state, { timeout: 10_000 })
      .toBe('failed');
  });

  it('is no server of the overview, and an empty repository of its address needs no kit', async () => {
    const former = await enrolAgent(center, 'retired');
    await enrolAgent(center, 'server');
    await api('POST', '/repositories', { sourceAddress: 'retired' });
    await api('POST', '/repositories', { sourceAddress: 'server' });
    await api('DELETE', `/agents/${former.id}`);
    await enrolAgent(center, 'retired', 'maintenance');
    const { servers, reminders: all } = (await api('GET', '/overview')).as(overview);
    const addresses = servers.map((one) => one.address);
    expect(addresses).toContain('server');
    for (const address of ['keeper', 'moved', 'retired', 'silent']) expect(addresses).not.toContain(address);
    const reminders = all.filter((one) => one.kind === 'recovery-kit');
    expect(reminders).toMatchObject([{ message: 'Keep the recovery kit of server somewhere else' }]);
  });
});
