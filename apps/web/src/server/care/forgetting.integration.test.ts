import { randomBytes } from 'node:crypto';
import type { RunOrder } from '@breakwater/contract/agent-run';
import { event, page, repository, snapshot } from '@breakwater/contract/resources';
import { retentionPreview } from '@breakwater/contract/retention';
import { run as runShape, startRunAnswer } from '@breakwater/contract/run';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wakeIdleRuns } from '../dispatch/wake-idle-runs.ts';
import { type ContractAgent, startAgent } from '../links/testing/contract-peers.ts';
import { RunStage, snapshotOf, started } from '../runs/testing/run-stage.ts';
import { careForRepositories } from './care-for-repositories.ts';

let stage: RunStage;
let keeper: ContractAgent;
beforeAll(async () => {
  stage = await RunStage.open();
  keeper = await startAgent(stage.center, 'keeper', 'maintenance');
});
afterEach(() => stage.clear());
afterAll(async () => {
  keeper.close();
  await stage.close();
});

interface Server {
  agent: ContractAgent;
  taskId: string;
}

async function server(more: object = {}): Promise<Server> {
  const agent = await stage.agentThere();
  await keeper.heartbeat();
  const { id } = await stage.task(agent.address, { ifAgentSilent: 'wait', ...more });
  return { agent, taskId: id };
}

async function backupInHand({ agent, taskId }: Server): Promise<RunOrder> {
  const sent = agent.nextOrder();
  await stage.runNow(taskId);
  const order = await sent;
  await agent.report(order, started());
  return order;
}

interface Made {
  bytes?: number;
  files?: number;
  time?: string;
}

/** Ends a backup with a snapshot of so many bytes and files; returns the snapshot's id. */
async function endBackup(of: Server, order: RunOrder, made: Made = {}): Promise<string> {
  const { bytes = 1_000_000, files = 50, time = new Date().toISOString() } = made;
  const id = randomBytes(32).toString('hex');
  const facts = snapshotOf(id);
  if (facts.snapshot === null) throw new Error('there is no snapshot');
  await of.agent.report(
    order,
    stage.ended({
      snapshotId: id,
      snapshot: { ...facts.snapshot, time },
      stats: { bytesProcessed: bytes, filesNew: files, bytesStored: bytes },
    }),
  );
  return id;
}

async function backUp(of: Server, made: Made = {}): Promise<string> {
  return endBackup(of, await backupInHand(of), made);
}

async function preview({ taskId }: Server) {
  return (await stage.call('GET', `/tasks/${taskId}/retention-preview`)).as(retentionPreview);
}

async function repositoryOf({ agent }: Server): Promise<string> {
  const { items } = (await stage.call('GET', '/repositories')).as(page(repository));
  const own = items.find(({ sourceAddress }) => sourceAddress === agent.address);
  if (own === undefined) throw new Error('there is no repository');
  return own.id;
}

/** The keeper does as it was ordered. */
async function forget(order: RunOrder): Promise<string[]> {
  if (order.kind !== 'forget') throw new Error(`not to forget but to ${order.kind}`);
  const { snapshotIds } = order;
  const forgotten = order.nodes.map(({ nodeId }) => ({ nodeId, snapshotIds }));
  const stats = { snapshotsForgotten: snapshotIds.length };
  await keeper.report(order, stage.ended({ nodeId: null, stats, forgotten }));
  return snapshotIds;
}

const exists = async (id: string) => (await stage.call('GET', `/snapshots/${id}`)).status === 200;

describe('forgetting', () => {
  it('goes by the policy of the task that made a snapshot, on every copy, with a token that may delete', async () => {
    const kept = await server();
    const first = await backUp(kept);
    await backUp(kept);
    const short = await server({ retention: { keepLast: 1 } });
    const old = await backUp(short);
    const sent = keeper.nextOrder();
    const newest = await backUp(short);
    const order = await sent;
    expect(order).toMatchObject({
      kind: 'forget',
      snapshotIds: [old],
      nodes: [{ nodeId: stage.node.id, refusal: null }],
    });
    const token = decodeJwt(order.nodes[0]?.token ?? '');
    expect(token.verbs).toEqual(['read', 'lock', 'delete']);
    await forget(order);
    expect([await exists(old), await exists(newest), await exists(first)]).toEqual([false, true, true]);
    const own = (await stage.call('GET', `/snapshots?taskId=${short.taskId}`)).as(page(snapshot));
    expect(own.items.map(({ id }) => id)).toEqual([newest]);
  });

  it.each<[string, Made, string]>([
    ['has next to nothing in it', { bytes: 99_000 }, 'snapshot-tiny'],
    ['has lost its files', { files: 4 }, 'snapshot-tiny'],
    ['comes from the future', { time: '2099-01-01T00:00:00Z' }, 'snapshot-from-future'],
  ])('stops when a snapshot %s, until somebody confirms it', async (_, odd, kind) => {
    const some = await server({ name: `Odd ${kind}`, retention: { keepLast: 1 } });
    const good = await backUp(some);
    const strange = await backUp(some, odd);
    await careForRepositories(stage.center.center);
    const seen = await preview(some);
    expect(seen.paused).toMatchObject({ kind: 'paused-by-doubt', values: { reason: { kind } } });
    expect(seen.snapshots).toMatchObject([
      { snapshotId: strange, keep: true, doubt: { kind }, reasons: [{ kind: 'kept-in-doubt' }] },
      { snapshotId: good, keep: true, doubt: null },
    ]);
    const refused = await stage.call('POST', `/repositories/${await repositoryOf(some)}/runs`, {
      kind: 'forget',
    });
    expect([refused.status, refused.problem().detail]).toEqual([409, expect.stringContaining('paused')]);
    await careForRepositories(stage.center.center);
    const { items } = (await stage.call('GET', '/events?limit=200')).as(page(event));
    const told = items.filter((one) => one.kind === 'forgetting-paused' && one.subject?.id === some.taskId);
    expect(told).toHaveLength(1);

    const sent = keeper.nextOrder();
    const confirmed = await stage.call('POST', `/snapshots/${strange}/confirmation`, {});
    expect(confirmed.as(snapshot).confirmedAt).not.toBeNull();
    expect(await forget(await sent)).toEqual([good]);
    expect((await preview(some)).paused).toBeNull();
  });

  it('follows the retention as it is when the run goes out, and waits for every copy', async () => {
    const some = await server({ retention: { keepLast: 1 } });
    await backUp(some);
    // Only the storage node is not heard of any more.
    stage.ahead = 60_000;
    await Promise.all([keeper.heartbeat(), some.agent.heartbeat()]);
    await stage.node.heartbeat();
    const order = await backupInHand(some);
    stage.ahead = 120_000;
    await Promise.all([keeper.heartbeat(), some.agent.heartbeat()]);
    await endBackup(some, order);
    const waits = async () => {
      const { items } = (await stage.call('GET', '/runs?kind=forget&state=waiting')).as(page(runShape));
      return items[0];
    };
    const waiting = await untilThere(waits);
    expect(waiting).toMatchObject({ remark: { kind: 'copies-away' } });

    await stage.call('PATCH', `/tasks/${some.taskId}`, { retention: { keepLast: 5 } });
    await Promise.all([stage.node.heartbeat(), keeper.heartbeat()]);
    await wakeIdleRuns(stage.center.center);
    const ended = await stage.until(waiting.id, 'cancelled');
    expect(ended.remark).toMatchObject({ kind: 'nothing-to-forget' });
  });

  it('waits for the next backup after the retention was changed, unless somebody asks for it now', async () => {
    const some = await server();
    const made = [await backUp(some), await backUp(some), await backUp(some)];
    await stage.call('PATCH', `/tasks/${some.taskId}`, { retention: { keepLast: 2 } });
    await careForRepositories(stage.center.center);
    const id = await repositoryOf(some);
    const runs = () => stage.center.database.db.run.count({ where: { repositoryId: id, kind: 'forget' } });
    expect(await runs()).toBe(0);
    const now = keeper.nextOrder();
    await stage.call('POST', `/repositories/${id}/runs`, { kind: 'forget' });
    expect(await forget(await now)).toEqual([made[0]]);
    const later = keeper.nextOrder();
    await backUp(some);
    expect(await forget(await later)).toEqual([made[1]]);
  });

  it('is tried again after an hour when it failed, and what was removed from some copy is known', async () => {
    const some = await server({ retention: { keepLast: 1 } });
    const old = await backUp(some);
    const sent = keeper.nextOrder();
    await backUp(some);
    const order = await sent;
    const failure = { code: 'repository-locked', message: 'locked by x', retryable: true } as const;
    const failed = { outcome: 'failed', failure, reason: failure.message, nodeId: null } as const;
    await keeper.report(order, stage.ended({ ...failed, forgotten: [] }));
    expect(await exists(old)).toBe(true);
    const id = await repositoryOf(some);
    await careForRepositories(stage.center.center);
    expect(await stage.center.database.db.run.count({ where: { repositoryId: id, kind: 'forget' } })).toBe(1);
    stage.ahead = 61 * 60_000;
    await Promise.all([stage.node.heartbeat(), keeper.heartbeat()]);
    const again = await orderOf(id, () => careForRepositories(stage.center.center));
    expect(await forget(again)).toEqual([old]);
  });

  it('does not happen while the care plan is off', async () => {
    const some = await server({ retention: { keepLast: 1 } });
    await backUp(some);
    const id = await repositoryOf(some);
    const off = await stage.call('PATCH', `/repositories/${id}`, { care: { enabled: false } });
    expect(off.as(repository)).toMatchObject({
      care: { enabled: false, pruneEveryDays: 7, checkEveryByteDays: 30 },
      copies: [{ care: { nextPruneAt: null, nextCheckAt: null } }],
    });
    await backUp(some);
    expect((await preview(some)).paused).toMatchObject({ kind: 'care-is-off' });
    await careForRepositories(stage.center.center);
    const runs = await stage.center.database.db.run.count({ where: { repositoryId: id, kind: 'forget' } });
    expect(runs).toBe(0);
    const bad = await stage.call('PATCH', `/repositories/${id}`, { care: { pruneEveryDays: 0 } });
    expect(bad.problem().errors?.[0]?.field).toBe('care.pruneEveryDays');
  });
});

describe('a repository', () => {
  it('is pruned when no backup of it is in hand, and backed up to when it is not being pruned', async () => {
    const some = await server({ name: 'Busy' });
    await backUp(some);
    const id = await repositoryOf(some);
    const backup = await backupInHand(some);
    const asked = await stage.call('POST', `/repositories/${id}/runs`, { kind: 'prune' });
    const { runId } = asked.as(startRunAnswer);
    const waiting = await stage.until(runId, 'waiting');
    expect(waiting.remark).toMatchObject({
      kind: 'repository-in-use',
      values: { run: 'backup', task: 'Busy' },
    });
    const again = await stage.call('POST', `/repositories/${id}/runs`, { kind: 'prune' });
    expect(again.as(startRunAnswer)).toEqual({ runId, coalesced: true });

    const pruning = keeper.nextOrder();
    await endBackup(some, backup);
    const prune = await pruning;
    expect(prune).toMatchObject({
      kind: 'prune',
      runId,
      maxUnused: { kind: 'percent', percent: 5 },
      nodes: [{ nodeId: stage.node.id }],
    });
    expect(decodeJwt(prune.nodes[0]?.token ?? '').verbs).toEqual(['read', 'append', 'lock', 'delete']);
    await keeper.report(prune, started());
    const next = await stage.runNow(some.taskId);
    const held = await stage.until(next, 'waiting');
    expect(held.remark).toMatchObject({ kind: 'repository-in-care', values: { run: 'prune' } });
    const sent = some.agent.nextOrder();
    await keeper.report(prune, stage.ended({ stats: { bytesFreed: 7 } }));
    expect(await sent).toMatchObject({ kind: 'backup', runId: next });
    expect(await stage.get(runId)).toMatchObject({ state: 'succeeded', stats: { bytesFreed: 7 } });
  });

  it('has its copies pruned and read by its plan, one thing at a time', async () => {
    const some = await server();
    await backUp(some);
    const id = await repositoryOf(some);
    const orders = keeperOrders();
    stage.ahead = 8 * 86_400_000;
    await Promise.all([stage.node.heartbeat(), keeper.heartbeat()]);
    const done: string[] = [];
    for (let which = 0; which < 3; which += 1) {
      const order = await orderOf(id, () => careForRepositories(stage.center.center), orders);
      done.push(order.kind === 'check' ? `check ${order.readDataSubset}` : order.kind);
      await keeper.report(order, stage.ended());
    }
    expect(done).toEqual(['prune', 'check 1/30', 'check 2/30']);
    const view = (await stage.call('GET', `/repositories/${id}`)).as(repository);
    expect(view.copies[0]?.care.readShare).toBeCloseTo(2 * (9 / 256), 5);
  });

  it.each([
    [{ kind: 'forget', readData: true }, 'readData'],
    [{ kind: 'prune', readDataSubset: '1/2' }, 'readDataSubset'],
    [{ kind: 'check', maxUnused: { kind: 'unlimited' } }, 'maxUnused'],
    [{ kind: 'check', readData: true, readDataSubset: '1/2' }, 'readDataSubset'],
    [{ kind: 'check', readDataSubset: '3/2' }, 'readDataSubset'],
    [{ kind: 'prune', maxUnused: { kind: 'percent', percent: 100 } }, 'maxUnused.percent'],
    [{ kind: 'drill' }, 'kind'],
  ])('refuses the run %j, naming the field', async (body, field) => {
    const refused = await stage.call('POST', '/repositories/nowhere/runs', body);
    expect([refused.status, refused.problem().errors?.[0]?.field]).toEqual([400, field]);
  });
});

/** Each order that the keeper is given from now on: several may come at once. */
async function* keeperOrders(): AsyncGenerator<RunOrder, never> {
  for (let at = keeper.orders.length; ; at += 1) {
    while (keeper.orders.length <= at) await keeper.nextOrder();
    yield keeper.orders[at] as RunOrder;
  }
}

/** The keeper's next order for this repository; whatever comes for another ends at once. */
async function orderOf(
  repositoryId: string,
  wake: () => Promise<void>,
  orders = keeperOrders(),
): Promise<RunOrder> {
  for (;;) {
    // Begun before the waking, so that none is missed.
    const coming = orders.next();
    await wake();
    const { value: order } = await coming;
    if (order.repository.repositoryId === repositoryId) return order;
    await keeper.report(order, stage.ended());
  }
}

/** Looks again at every event browsers are told of. */
function untilThere<T>(look: () => Promise<T | undefined>): Promise<T> {
  return new Promise((resolve, reject) => {
    const again = () =>
      look().then((value) => {
        if (value === undefined) return;
        detach();
        resolve(value);
      }, reject);
    const detach = stage.center.center.live.attach(() => void again());
    void again();
  });
}
