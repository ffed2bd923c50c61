import { taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ContractAgent, enrolAgent, startAgent } from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let agent: ContractAgent;
beforeAll(async () => {
  center = await startTestCenter();
  agent = await startAgent(center, 'web-1');
  agent.missing.add('/mnt/usb');
});
afterAll(async () => {
  agent.close();
  await center.close();
});

const call = (method: string, path: string, body: unknown) =>
  center.call(method, path, { token: center.admin.apiToken, body });
const task = (sourceAddress: string, paths: string[]) => ({ name: 'Nightly', sourceAddress, paths });
const warning = (field: string) => ({
  field,
  given: '"/mnt/usb"',
  message: '/mnt/usb does not exist on web-1 now',
  remark: { kind: 'path-missing', values: { path: '/mnt/usb', server: 'web-1' } },
});

it('a path that is not there now is warned of, and the task made: a mount may come later', async () => {
  const made = await call('POST', '/tasks', task('web-1', ['/etc', '/mnt/usb']));
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ paths: ['/etc', '/mnt/usb'], warnings: [warning('paths.1')] });
  const renamed = await call('PATCH', `/tasks/${made.as(taskAnswer).id}`, { name: 'Hourly' });
  expect(renamed.as(taskAnswer).warnings).toEqual([]);
  const changed = await call('PATCH', `/tasks/${made.as(taskAnswer).id}`, { paths: ['/mnt/usb'] });
  expect(changed.json).toMatchObject({ paths: ['/mnt/usb'], warnings: [warning('paths.0')] });
});

it('nothing is warned of where all is well, or where nobody can say', async () => {
  expect((await call('POST', '/tasks', task('web-1', ['/etc']))).as(taskAnswer).warnings).toEqual([]);
  await enrolAgent(center, 'web-2');
  expect((await call('POST', '/tasks', task('web-2', ['/mnt/usb']))).as(taskAnswer).warnings).toEqual([]);
});
