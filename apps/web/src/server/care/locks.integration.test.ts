import { randomBytes } from 'node:crypto';
import { centerToNode } from '@breakwater/contract/node-messages';
import { event, page, repository } from '@breakwater/contract/resources';
import { repositoryLocks } from '@breakwater/contract/repository-care';
import type { RunProgress } from '@breakwater/contract/run';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunStage, snapshotOf, started } from '../runs/testing/run-stage.ts';

let stage: RunStage;
beforeAll(async () => {
  stage = await RunStage.open();
});
afterEach(() => {
  stage.clear();
  stage.node.socket.off('remove-locks');
});
afterAll(() => stage.close());

const progress: RunProgress = {
  phase: 'transferring',
  filesDone: 1,
  bytesDone: 1,
  filesTotal: null,
  bytesTotal: null,
  bytesSent: 1,
  bytesPerSecond: 1,
  sentPerSecond: 1,
  etaSeconds: null,
  currentFile: null,
  nodeName: 'alpha',
  errors: 0,
  note: null,
};
const someId = () => randomBytes(32).toString('hex');

/** What the node is asked to remove; it has all of it, unless it is said to have nothing. */
function removals(has = true) {
  const asked: string[][] = [];
  const waiting: ((names: string[]) => void)[] = [];
  stage.node.socket.on('remove-locks', (raw, ack) => {
    const { names } = centerToNode['remove-locks'].request.parse(raw);
    asked.push(names);
    ack({ ok: true, body: { removed: has ? names.length : 0 } });
    waiting.shift()?.(names);
  });
  return { asked, next: () => new Promise<string[]>((resolve) => waiting.push(resolve)) };
}

/** A backup in hand, to a repository with a copy, that has said which lock is its own. */
async function locked() {
  const agent = await stage.agentThere();
  const { id: taskId } = await stage.task(agent.address);
  const run = async () => {
    const sent = agent.nextOrder();
    await stage.runNow(taskId);
    const order = await sent;
    await agent.report(order, started());
    return order;
  };
  await agent.report(await run(), stage.ended(snapshotOf(someId())));
  const order = await run();
  const name = someId();
  const { runId, attempt, repository: of } = order;
  const locks = [{ nodeId: stage.node.id, name }];
  await agent.send('progress', { runId, attempt, progress, locks });
  const path = `/repositories/${of.repositoryId}/locks`;
  return { agent, order, name, path, at: `${path}/${stage.node.id}/${name}` };
}

describe('locks', () => {
  it('of a run that was cut off are removed when it is known to have ended', async () => {
    const { agent, order, name } = await locked();
    const { next } = removals();
    const removed = next();
    // As an agent that was started again says of what it died with.
    const failure = { code: 'interrupted', message: 'the agent was stopped', retryable: true } as const;
    await agent.report(order, stage.ended({ outcome: 'failed', failure, reason: failure.message }));
    expect(await removed).toEqual([name]);
  });

  it('that a run removed itself are nobody else’s business, and what it left behind is', async () => {
    const { agent, order } = await locked();
    const left = someId();
    const { next } = removals();
    const removed = next();
    await agent.report(order, stage.ended({ locksLeft: [{ nodeId: stage.node.id, name: left }] }));
    expect(await removed).toEqual([left]);
  });

  it('of a run that goes on are not removed by anybody', async () => {
    const { agent, order, at } = await locked();
    const { asked } = removals();
    const refused = await stage.call('DELETE', at);
    expect([refused.status, refused.problem().code]).toEqual([409, 'conflict']);
    expect(refused.problem().detail).toContain(order.runId);
    expect(asked).toEqual([]);
    await agent.report(order, stage.ended({ locksLeft: [] }));
  });

  it('of nobody we know are removed, once every run has said what is its own', async () => {
    const { agent, order, path } = await locked();
    const { asked } = removals();
    const other = `${path}/${stage.node.id}/${'ab'.repeat(32)}`;
    expect((await stage.call('DELETE', other)).status).toBe(204);
    expect(asked).toEqual([['ab'.repeat(32)]]);
    const { items } = (await stage.call('GET', '/events')).as(page(event));
    expect(items[0]).toMatchObject({ kind: 'lock-removed', message: expect.stringContaining(' on alpha') });

    const { runId, attempt } = order;
    await stage.center.database.db.run.update({ where: { id: runId }, data: { locks: [] } });
    const early = await stage.call('DELETE', other);
    expect([early.status, early.problem().detail]).toEqual([409, expect.stringContaining('just begun')]);
    await agent.report({ runId, attempt }, stage.ended());
  });

  it('that are not there are not found', async () => {
    const { agent, order, path } = await locked();
    await agent.report(order, stage.ended({ locksLeft: [] }));
    removals(false);
    const missing = await stage.call('DELETE', `${path}/${stage.node.id}/${'cd'.repeat(32)}`);
    expect([missing.status, missing.problem().code]).toEqual([404, 'not-found']);
    const nowhere = await stage.call('DELETE', `${path}/${order.runId}/${'cd'.repeat(32)}`);
    expect(nowhere.status).toBe(404);
    const nameless = await stage.call('DELETE', `${path}/${stage.node.id}/short`);
    expect([nameless.status, nameless.problem().errors?.[0]?.field]).toEqual([400, 'name']);
  });

  it('of copies that cannot be reached are not known, which is said', async () => {
    const { agent, order, path } = await locked();
    await agent.report(order, stage.ended({ locksLeft: [] }));
    const seen = (await stage.call('GET', path)).as(repositoryLocks);
    expect(seen).toMatchObject({ items: [], unread: [{ nodeName: 'alpha', nodeId: stage.node.id }] });
    const { items } = (await stage.call('GET', '/repositories')).as(page(repository));
    expect(items.length).toBeGreaterThan(0);
  });
});
