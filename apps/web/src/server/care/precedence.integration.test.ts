import { startRunAnswer } from '@breakwater/contract/run';
import { LONGEST_HOLD_MS } from '@breakwater/domain/care-precedence';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wakeIdleRuns } from '../dispatch/wake-idle-runs.ts';
import { type ContractAgent, startAgent } from '../links/testing/contract-peers.ts';
import { RunStage, snapshotOf, started } from '../runs/testing/run-stage.ts';

let stage: RunStage;
let keeper: ContractAgent;
beforeAll(async () => {
  stage = await RunStage.open({ farAhead: true });
  keeper = await startAgent(stage.center, 'keeper', 'maintenance');
});
afterAll(async () => {
  keeper.close();
  await stage.close();
});

it('a prune that has waited for long goes before new backups, for a bounded time, restores excepted', async () => {
  const agent = await stage.agentThere();
  await keeper.heartbeat();
  const { id: taskId } = await stage.task(agent.address, { ifAgentSilent: 'wait' });
  const first = agent.nextOrder();
  await stage.runNow(taskId);
  const backup = await first;
  const snapshotId = 'ab'.repeat(32);
  await agent.report(backup, started());
  await agent.report(backup, stage.ended(snapshotOf(snapshotId)));
  const runsOf = `/repositories/${backup.repository.repositoryId}/runs`;
  // A check in hand is what a prune waits for, and a backup does not.
  const checking = keeper.nextOrder();
  await stage.call('POST', runsOf, { kind: 'check' });
  const check = await checking;
  await keeper.report(check, started());
  // Whoever does not name its run in a heartbeat is taken to have lost it.
  const runs = [{ runId: check.runId, attempt: check.attempt }];
  const beat = () =>
    Promise.all([stage.node.heartbeat(), keeper.heartbeat({ state: 'busy', runs }), agent.heartbeat()]);
  const { runId } = (await stage.call('POST', runsOf, { kind: 'prune' })).as(startRunAnswer);
  await stage.until(runId, 'waiting');

  stage.ahead = 31 * 60_000;
  await beat();
  const held = await stage.until(await stage.runNow(taskId), 'waiting');
  expect(held.remark).toMatchObject({ kind: 'care-goes-first', values: { run: 'prune' } });
  const restoring = agent.nextOrder();
  const target = { address: agent.address, path: '/tmp/back' };
  await stage.call('POST', '/restores', { snapshotId, target });
  const restore = await restoring;
  expect(restore.kind).toBe('restore');
  await agent.report(restore, stage.ended());

  const sent = agent.nextOrder();
  stage.ahead = 31 * 60_000 + LONGEST_HOLD_MS;
  await beat();
  await wakeIdleRuns(stage.center.center);
  const late = await sent;
  expect(late).toMatchObject({ kind: 'backup', runId: held.id });
  const pruning = keeper.nextOrder();
  await agent.report(late, stage.ended());
  await keeper.report(check, stage.ended());
  expect(await pruning).toMatchObject({ kind: 'prune', runId });
  await keeper.report(await pruning, stage.ended());
});
