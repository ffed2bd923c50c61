import type { RunProgress } from '@breakwater/contract/run';
import { describe, expect, it } from 'vitest';
import {
  completion,
  durationSeconds,
  filesTaken,
  freshness,
  remaining,
  wholePercent,
} from './run-figures.ts';

const progress = (change: Partial<RunProgress> = {}): RunProgress => ({
  phase: 'transferring',
  filesDone: 10,
  bytesDone: 50,
  filesTotal: 20,
  bytesTotal: 100,
  bytesSent: 20,
  bytesPerSecond: 10,
  sentPerSecond: 5,
  etaSeconds: 5,
  currentFile: null,
  nodeName: 'a',
  errors: 0,
  note: null,
  ...change,
});

describe('completion', () => {
  it('is a share of bytes once the totals are known', () => {
    expect(completion({ kind: 'backup', state: 'running', progress: progress() })).toEqual({
      known: true,
      fraction: 0.5,
      by: 'bytes',
    });
  });

  it('is unknown while the totals are being counted and when the source outgrew them', () => {
    expect(
      completion({ kind: 'backup', state: 'running', progress: progress({ bytesTotal: null }) }),
    ).toEqual({
      known: false,
      why: 'counting',
    });
    expect(completion({ kind: 'backup', state: 'running', progress: progress({ bytesDone: 101 }) })).toEqual({
      known: false,
      why: 'grew',
    });
  });

  it('counts files where there are no bytes', () => {
    const empty = progress({ bytesTotal: 0, bytesDone: 0 });
    expect(completion({ kind: 'backup', state: 'running', progress: empty })).toMatchObject({
      fraction: 0.5,
      by: 'files',
    });
  });

  it('of a prune or forget goes by what is counted there, which has no bytes', () => {
    const packs = progress({ bytesTotal: null, bytesDone: 0 });
    expect(completion({ kind: 'prune', state: 'running', progress: packs })).toEqual({
      known: true,
      fraction: 0.5,
      by: 'files',
    });
    expect(completion({ kind: 'check', state: 'running', progress: packs })).toMatchObject({ known: false });
    const snapshots = progress({ bytesTotal: 0, bytesDone: 0, filesDone: 3, filesTotal: 4 });
    expect(completion({ kind: 'forget', state: 'running', progress: snapshots })).toMatchObject({
      fraction: 0.75,
    });
  });

  it('is whole only for a run that took everything it could', () => {
    expect(completion({ kind: 'backup', state: 'succeeded', progress: null })).toMatchObject({ fraction: 1 });
    expect(completion({ kind: 'backup', state: 'failed', progress: progress() })).toMatchObject({
      fraction: 0.5,
    });
    expect(completion({ kind: 'backup', state: 'cancelled', progress: null })).toEqual({
      known: false,
      why: 'ended',
    });
    expect(completion({ kind: 'backup', state: 'queued', progress: null })).toEqual({
      known: false,
      why: 'not-started',
    });
  });
});

describe('filesTaken', () => {
  const stats = { filesNew: 1, filesChanged: 2, filesUnmodified: 3 };
  it.each([
    ['backup', stats, 6],
    ['backup', { filesNew: 0, filesChanged: 0, filesUnmodified: 0 }, 0],
    ['backup', { filesNew: 1 }, null],
    ['backup', null, null],
    ['restore', { filesRestored: 4 }, null],
  ] as const)('of a %s with %j is %s', (kind, given, files) => {
    expect(filesTaken({ kind, stats: given })).toBe(files);
  });
});

describe('wholePercent', () => {
  it('never says 100 before the end', () => {
    expect([0, 0.0001, 0.5, 0.9999, 1].map(wholePercent)).toEqual([0, 1, 50, 99, 100]);
  });
});

describe('freshness and remaining', () => {
  const run = { kind: 'backup', state: 'running', progress: progress() } as const;

  it('shows an ETA only while figures are of now', () => {
    expect(remaining(run, freshness('running', 1000, true, 2000))).toEqual({ kind: 'seconds', seconds: 5 });
    expect(remaining(run, freshness('running', 1000, true, 20_000))).toEqual({ kind: 'unknown', why: 'old' });
    expect(freshness('running', 1000, false, 3000)).toEqual({
      kind: 'old',
      ageMs: 2000,
      why: 'no-connection',
    });
    expect(freshness('succeeded', 1000, false, 9_000_000)).toEqual({ kind: 'still' });
  });

  it('knows no ETA without totals or without movement', () => {
    const live = { kind: 'live' } as const;
    expect(
      remaining({ kind: 'backup', state: 'running', progress: progress({ bytesTotal: null }) }, live),
    ).toEqual({
      kind: 'unknown',
      why: 'counting',
    });
    expect(
      remaining({ kind: 'backup', state: 'running', progress: progress({ etaSeconds: null }) }, live),
    ).toEqual({
      kind: 'unknown',
      why: 'standing',
    });
    expect(remaining({ kind: 'backup', state: 'succeeded', progress: progress() }, live)).toEqual({
      kind: 'none',
    });
  });
});

describe('durationSeconds', () => {
  it('goes on counting until the end', () => {
    const startedAt = '2026-11-22T02:00:00Z';
    const now = Date.parse('2026-11-22T02:00:30Z');
    expect(durationSeconds({ startedAt, endedAt: null }, now)).toBe(30);
    expect(durationSeconds({ startedAt, endedAt: '2026-11-22T02:00:10Z' }, now)).toBe(10);
    expect(durationSeconds({ startedAt: null, endedAt: null }, now)).toBeNull();
  });
});
