import { describe, expect, it } from 'vitest';
import { judgeLostRun, type OutstandingRun, SILENT_MS } from './judge-lost-run.ts';

const NOW = 1_000_000_000;
const run = (more: Partial<OutstandingRun> = {}): OutstandingRun => ({
  dispatchedAt: NOW - 120_000,
  accepted: true,
  cancelRequested: false,
  connectedSince: NOW - 600_000,
  lastHeartbeatAt: NOW - 1000,
  listedAt: NOW - 1000,
  ...more,
});

describe('judgeLostRun', () => {
  it('keeps a run that heartbeats list', () => {
    expect(judgeLostRun(run(), NOW)).toEqual({ verdict: 'keep' });
  });

  it('gives back an order that never arrived', () => {
    expect(judgeLostRun(run({ accepted: false, listedAt: null }), NOW).verdict).toBe('return');
  });

  it('does not give back an order that was taken: it was interrupted', () => {
    expect(judgeLostRun(run({ listedAt: null }), NOW).verdict).toBe('interrupted');
    expect(judgeLostRun(run({ accepted: false, listedAt: NOW - 70_000 }), NOW).verdict).toBe('interrupted');
  });

  it('counts from the reconnect on, so that outbox and heartbeat have their time', () => {
    const lost = run({ connectedSince: NOW - 30_000, listedAt: NOW - 500_000 });
    expect(judgeLostRun(lost, NOW).verdict).toBe('keep');
    expect(judgeLostRun({ ...lost, connectedSince: NOW - 90_000 }, NOW).verdict).toBe('interrupted');
  });

  it('takes the silence of an agent that is connected and sends no heartbeat for nothing', () => {
    expect(judgeLostRun(run({ listedAt: NOW - 90_000, lastHeartbeatAt: NOW - 90_000 }), NOW).verdict).toBe(
      'keep',
    );
  });

  it('ends a cancelled run as cancelled', () => {
    expect(judgeLostRun(run({ listedAt: NOW - 90_000, cancelRequested: true }), NOW).verdict).toBe(
      'cancelled',
    );
  });

  it('keeps the run of an agent that is away, until its tokens have run out', () => {
    const away = run({
      connectedSince: null,
      dispatchedAt: NOW - SILENT_MS - 2,
      lastHeartbeatAt: NOW - SILENT_MS,
    });
    expect(judgeLostRun(away, NOW).verdict).toBe('keep');
    expect(judgeLostRun({ ...away, lastHeartbeatAt: NOW - SILENT_MS - 1 }, NOW).verdict).toBe('interrupted');
  });
});
