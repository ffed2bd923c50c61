import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ContractAgent, enrolAgent, startAgent } from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let agent: ContractAgent;
const snapshotId = 'ab'.repeat(32);
beforeAll(async () => {
  center = await startTestCenter();
  agent = await startAgent(center, 'web-1');
  const { db } = center.database;
  const repositoryId = randomUUID();
  const bytes = new Uint8Array([1]);
  await db.repository.create({
    data: { id: repositoryId, sealedPassword: bytes, configBytes: bytes, keyName: 'k', keyBytes: bytes },
  });
  await db.snapshot.create({
    data: {
      id: snapshotId,
      repositoryId,
      hostname: 'web-1',
      paths: ['/etc'],
      tree: 'cd'.repeat(32),
      time: '',
    },
  });
});
afterAll(async () => {
  agent.close();
  await center.close();
});

const restore = (address: string, path: string) =>
  center.call('POST', '/restores', {
    token: center.admin.apiToken,
    body: { snapshotId, target: { address, path } },
  });

it('a target that its agent does not restore into is refused before there is a run, naming the field', async () => {
  agent.full.add('/srv');
  const refused = await restore('web-1', '/srv');
  const { code, errors, detail } = refused.problem();
  expect([refused.status, code]).toEqual([409, 'target-not-empty']);
  expect(errors).toMatchObject([{ field: 'target.path', given: '"/srv"' }]);
  expect(detail).toContain('The folder /srv is not empty');
  expect(await center.database.db.run.count()).toBe(0);
});

it('one that it restores into is taken, and so is one of an agent that is away', async () => {
  expect((await restore('web-1', '/srv/new')).status).toBe(202);
  await enrolAgent(center, 'web-2');
  expect((await restore('web-2', '/srv')).status).toBe(202);
  expect(await center.database.db.run.count()).toBe(2);
});
