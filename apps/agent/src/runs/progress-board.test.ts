import { describe, expect, it } from 'vitest';
import { ProgressBoard } from './progress-board.ts';

const board = () => {
  const clock = { now: 0 };
  return { clock, board: new ProgressBoard(() => clock.now) };
};

describe('ProgressBoard', () => {
  it('never goes back when the work begins anew on another node', () => {
    const { board: progress } = board();
    const work = { ...progress.current(), phase: 'transferring' as const };
    progress.resume();
    progress.update({ ...work, filesDone: 10, bytesDone: 1000 });
    progress.update({ ...work, filesDone: 1, bytesDone: 20 });
    expect(progress.current()).toMatchObject({ filesDone: 10, bytesDone: 1000, phase: 'transferring' });
    progress.update({ ...work, filesDone: 12, bytesDone: 1200 });
    expect(progress.current()).toMatchObject({ filesDone: 12, bytesDone: 1200 });
  });

  it('shows what holds it up until it goes on', () => {
    const { board: progress } = board();
    expect(progress.current().phase).toBe('starting');
    progress.hold('waiting-for-node', 'all are gone');
    progress.update({ ...progress.current(), phase: 'scanning', note: null });
    expect(progress.current()).toMatchObject({ phase: 'waiting-for-node', note: 'all are gone' });
    progress.resume();
    expect(progress.current()).toMatchObject({ phase: 'scanning', note: null });
  });

  it('takes what is on the wire from the wire', () => {
    const { clock, board: progress } = board();
    progress.current();
    progress.meter.uploadBegan();
    progress.meter.sent(1_000_000, true);
    clock.now = 1000;
    expect(progress.current()).toMatchObject({ bytesSent: 1_000_000, sentPerSecond: 1_000_000 });
  });

  it('keeps a speed curve of bounded length over the whole run', () => {
    const { clock, board: progress } = board();
    progress.useNode('node-1');
    for (clock.now = 0; clock.now < 86_400_000; clock.now += 400) progress.addPoint(clock.now);
    const curve = progress.speedCurve;
    expect(curve.length).toBeLessThanOrEqual(2000);
    expect(curve.length).toBeGreaterThan(500);
    expect(curve[0]?.atMs).toBe(0);
    expect(curve.at(-1)?.atMs).toBeGreaterThan(86_000_000);
    expect(curve.map((one) => one.atMs)).toEqual(curve.map((one) => one.atMs).toSorted((a, b) => a - b));
  });
});
