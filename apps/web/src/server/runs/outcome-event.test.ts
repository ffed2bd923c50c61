import { describe, expect, it } from 'vitest';
import { outcomeEvent } from './outcome-event.ts';

const run = {
  id: 'r',
  kind: 'backup',
  state: 'failed',
  reason: 'the disk is full' as string | null,
  remark: null,
  issueCount: 0,
  sourceAddress: 'db1',
  task: { name: 'Nightly' } as { name: string } | null,
};

describe('outcomeEvent', () => {
  it.each([
    ['succeeded', 'info', 'backup-succeeded', false],
    ['partial', 'warn', 'backup-partial', true],
    ['failed', 'error', 'backup-failed', true],
    ['stopped', 'error', 'backup-missed', true],
    ['cancelled', 'info', 'backup-cancelled', false],
  ])('a backup that %s', (state, level, kind, notify) => {
    expect(outcomeEvent({ ...run, state })).toMatchObject({
      level,
      kind,
      notify,
      subject: { type: 'run', id: 'r' },
    });
  });

  it('names task, server and reason', () => {
    expect(outcomeEvent(run).remark.text).toBe('The backup "Nightly" of db1 failed: the disk is full');
  });

  it('counts what an incomplete backup lacks', () => {
    expect(outcomeEvent({ ...run, state: 'partial', reason: null, issueCount: 2 }).remark.text).toBe(
      'The backup "Nightly" of db1 is incomplete: 2 files could not be taken',
    );
  });
});
