import { describe, expect, it } from 'vitest';
import { quote } from '../remarks/say.ts';
import { type Judged, judgeServer, judgeTask, type TaskFacts } from './judge-task.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const DAY = 86_400_000;
const task = (more: Partial<TaskFacts> = {}): TaskFacts => ({
  name: 'Nightly',
  scheduled: true,
  lastSuccessAt: NOW - 3_600_000,
  partial: false,
  lastOutcome: { state: 'succeeded', remark: null },
  missed: 0,
  ...more,
});

const said = ({ state, remark }: Judged) => ({ state, reason: remark?.text ?? null });

describe('judgeTask', () => {
  it.each([
    [task(), 'ok', null],
    [
      task({ lastOutcome: { state: 'failed', remark: quote('alpha is full') } }),
      'failing',
      '"Nightly": the last backup failed: alpha is full',
    ],
    [
      task({ missed: 2, lastOutcome: { state: 'stopped', remark: quote('no heartbeat for 47 s') } }),
      'failing',
      '"Nightly": the last 2 backups were missed: no heartbeat for 47 s',
    ],
    [task({ lastSuccessAt: null, lastOutcome: null }), 'unprotected', '"Nightly" has not run yet'],
    [
      task({ partial: true, lastOutcome: { state: 'partial', remark: null } }),
      'attention',
      '"Nightly": the last backup is incomplete',
    ],
    [
      task({ scheduled: false, lastSuccessAt: NOW - 8 * DAY }),
      'attention',
      '"Nightly" has no schedule, and last ran 8 days ago',
    ],
  ])('%#', (facts, state, reason) => {
    expect(said(judgeTask(facts, NOW))).toEqual({ state, reason });
  });
});

describe('judgeServer', () => {
  it('is as bad as the worst of its tasks', () => {
    const bad = task({ name: 'Mail', lastOutcome: { state: 'failed', remark: null } });
    expect(judgeServer('idle', [task(), bad], NOW).state).toBe('failing');
  });

  const good = task();
  const fresh = task({ name: 'Once', scheduled: false, lastSuccessAt: null, lastOutcome: null });
  const cut = task({ name: 'Mail', partial: true, lastOutcome: { state: 'partial', remark: null } });
  const bad = task({ name: 'Web', lastOutcome: { state: 'failed', remark: null } });
  const notYet = '"Once" has not run yet';
  it.each([
    ['the only task', [fresh], 'unprotected', notYet],
    ['one of two that have not', [fresh, { ...fresh, name: 'Other' }], 'unprotected', notYet],
    ['beside a good one', [good, fresh], 'attention', notYet],
    ['whichever comes first', [fresh, good], 'attention', notYet],
    ['beside an incomplete one', [fresh, cut], 'attention', '"Mail": the last backup is incomplete'],
    ['beside a failing one', [fresh, good, bad], 'failing', '"Web": the last backup failed'],
  ])('a task that has not run yet, %s', (_, tasks, state, reason) => {
    expect(said(judgeServer('idle', tasks, NOW))).toEqual({ state, reason });
  });

  it('is unprotected without a task, and unknown without an agent either', () => {
    expect(judgeServer('idle', [], NOW).state).toBe('unprotected');
    expect(judgeServer('none', [], NOW).state).toBe('unknown');
  });

  it('wants a look when all is well but the agent is away', () => {
    expect(said(judgeServer('offline', [task()], NOW))).toEqual({
      state: 'attention',
      reason: 'its agent is offline',
    });
    expect(judgeServer('busy', [task()], NOW).state).toBe('ok');
  });
});
