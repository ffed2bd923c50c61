import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createLogger } from '@breakwater/process/logger';
import { startRunAnswer } from '@breakwater/contract/run';
import { taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enrolAgent } from '../links/testing/contract-peers.ts';
import { startCenter } from '../start-center.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
const heard: { kind: string; message: string }[] = [];
const hook = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  heard.push(JSON.parse(Buffer.concat(chunks).toString()));
  response.end();
  hook.emit('heard');
});

beforeAll(async () => {
  center = await startTestCenter();
  await once(hook.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  await center.close();
  hook.close();
});

const DYING = join(import.meta.dirname, 'testing/die-before-telling.ts');

it('an outcome is told although the process was killed right after it was committed', async () => {
  const token = center.admin.apiToken;
  const webhookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  await center.call('PATCH', '/settings', { token, body: { notifications: { webhookUrl } } });
  await enrolAgent(center, 'web-9');
  const body = { name: 'Nightly', sourceAddress: 'web-9', paths: ['/etc'], ifAgentSilent: 'wait' };
  const { id } = (await center.call('POST', '/tasks', { token, body })).as(taskAnswer);
  const { runId } = (await center.call('POST', `/tasks/${id}/runs`, { token })).as(startRunAnswer);
  // From now on nobody but the dying process, and the one after it, is there.
  const { db } = center.database;
  await center.center.links.close();
  await center.center.jobs.close();

  const dying = [DYING, center.database.url, center.dataFolder, runId];
  const child = spawn(process.execPath, dying, {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect(await db.run.findUniqueOrThrow({ where: { id: runId } })).toMatchObject({
    state: 'failed',
    reason: 'the disk is gone',
  });
  expect(await db.event.findFirstOrThrow({ where: { kind: 'backup-failed' } })).toMatchObject({
    subjectId: runId,
    untold: true,
  });
  expect(heard).toEqual([]);

  const told = once(hook, 'heard');
  const next = await startCenter({ config: center.center.config, logger: createLogger('next', 'fatal') });
  await told;
  await next.close();
  expect(heard).toMatchObject([
    { kind: 'backup-failed', message: 'The backup "Nightly" of web-9 failed: the disk is gone' },
  ]);
  expect(await db.event.findFirstOrThrow({ where: { kind: 'backup-failed' } })).toMatchObject({
    untold: false,
    notifiedChannels: ['webhook'],
  });
});
