import type { Snapshot } from '@breakwater/contract/resources';
import { describe, expect, it } from 'vitest';
import { freshFolder, planRestore } from './restore-plan.ts';
import { isReadable, timelineDays } from './timeline-days.ts';

const id = 'a'.repeat(64);
const snapshot = (time: string): Snapshot => ({
  id,
  repositoryId: 'r',
  taskId: null,
  taskName: null,
  runId: null,
  sourceAddress: 'web-1',
  hostname: 'web-1',
  paths: ['/etc'],
  command: null,
  time,
  recordedAt: '2026-11-22T00:00:00Z',
  files: null,
  bytes: null,
  storedBytes: null,
  partial: false,
  confirmedAt: null,
  copies: [],
});

describe('timelineDays', () => {
  it("puts a snapshot on the reader's day, newest first, whatever zone its time is written in", () => {
    const times = ['2026-11-22T23:30:00Z', '2026-11-22T01:00:00+01:00', '2026-11-22T12:00:00Z'];
    const words = (zone: string) =>
      timelineDays(times.map(snapshot), zone).map((day) => [day.date, day.snapshots.map((one) => one.time)]);
    expect(words('Europe/Berlin')).toEqual([
      ['2026-11-23', ['2026-11-22T23:30:00Z']],
      ['2026-11-22', ['2026-11-22T12:00:00Z', '2026-11-22T01:00:00+01:00']],
    ]);
    expect(words('UTC').map(([day]) => day)).toEqual(['2026-11-22']);
    expect(words('America/New_York').map(([day]) => day)).toEqual(['2026-11-22', '2026-11-21']);
  });
});

describe('planRestore', () => {
  const plan = { snapshotId: id, basket: ['/etc/hosts'], address: 'web-2', path: '/var/tmp/r' };

  it('asks for exactly what was chosen, and for all of it without a list', () => {
    expect(planRestore(plan)).toEqual({
      ok: true,
      input: { snapshotId: id, paths: ['/etc/hosts'], target: { address: 'web-2', path: '/var/tmp/r' } },
    });
    expect(planRestore({ ...plan, basket: ['/'] })).toMatchObject({ ok: true, input: { paths: [] } });
  });

  it('never turns an empty basket into a restore of everything', () => {
    expect(planRestore({ ...plan, basket: [] })).toEqual({ ok: false, problem: 'nothing-chosen' });
  });

  it('names what is missing', () => {
    expect(planRestore({ ...plan, address: null })).toEqual({ ok: false, problem: 'no-server' });
    expect(planRestore({ ...plan, path: 'tmp' })).toEqual({ ok: false, problem: 'path-not-absolute' });
    const many = Array.from({ length: 1001 }, (_, index) => `/${index}`);
    expect(planRestore({ ...plan, basket: many })).toEqual({ ok: false, problem: 'too-many' });
  });
});

describe('freshFolder', () => {
  it('is told apart from the last one by its second', () => {
    expect(freshFolder(id, new Date('2026-11-22T03:04:05Z'))).toBe(
      '/var/tmp/restore-aaaaaaaa-20261122-030405',
    );
  });
});

describe('isReadable', () => {
  const held = {
    ...snapshot('2026-11-22T12:00:00Z'),
    copies: [{ nodeId: 'n', nodeName: 'n', online: false }],
  };

  it('believes the newer word on a node', () => {
    expect(isReadable(held, [])).toBe(false);
    expect(isReadable(held, [{ id: 'n', online: true }])).toBe(true);
    expect(isReadable(held, [{ id: 'other', online: true }])).toBe(false);
    expect(isReadable({ ...held, copies: [] }, [{ id: 'n', online: true }])).toBe(false);
  });
});
