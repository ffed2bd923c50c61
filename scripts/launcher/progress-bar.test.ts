import type { RunProgress } from '@breakwater/contract/run';
import { expect, it } from 'vitest';
import { progressLine } from './progress-bar.ts';

const progress: RunProgress = {
  phase: 'transferring',
  filesDone: 30,
  bytesDone: 50_000_000,
  filesTotal: 60,
  bytesTotal: 200_000_000,
  bytesSent: 40_000_000,
  bytesPerSecond: 25_000_000,
  sentPerSecond: 20_000_000,
  etaSeconds: 6,
  currentFile: '/etc/hosts',
  nodeName: 'node-b',
  errors: 0,
  note: null,
};

it('shows bytes, files, speed, time left and node', () => {
  expect(progressLine(progress, 200)).toBe(
    '██████░░░░░░░░░░░░░░░░░░  25 %  50 MB of 200 MB  30 of 60 files  25 MB/s  6 s left  → node-b',
  );
});

it('guesses no share and no time while it counts', () => {
  const line = progressLine({ ...progress, bytesTotal: null, filesTotal: null, etaSeconds: null }, 200);
  expect(line).toContain('counting  50 MB  30 files');
  expect(line).not.toMatch(/%|left/);
});

it('says nothing of time left when all is done, and never passes 100 %', () => {
  const line = progressLine({ ...progress, bytesDone: 210_000_000, etaSeconds: 1 }, 200);
  expect(line).toContain('100 %');
  expect(line).not.toContain('left');
});

it('fits the terminal', () => {
  expect(progressLine(progress, 40)).toHaveLength(40);
});
