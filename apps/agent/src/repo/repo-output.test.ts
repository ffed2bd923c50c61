import { PassThrough } from 'node:stream';
import type { RunProgress } from '@breakwater/contract/run';
import { expect, it } from 'vitest';
import { formatBytes, formatDuration } from './format-quantity.ts';
import { createRepoOutput } from './repo-output.ts';

it('formats sizes and durations for people', () => {
  expect([0, 1023, 1024, 1_500_000, 3 * 1024 ** 4].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.00 KiB',
    '1.43 MiB',
    '3.00 TiB',
  ]);
  expect([0, 7.4, 754, 3723].map(formatDuration)).toEqual(['0:00', '0:07', '12:34', '1:02:03']);
});

const progress: RunProgress = {
  phase: 'transferring',
  filesDone: 1,
  bytesDone: 50,
  filesTotal: 2,
  bytesTotal: 100,
  bytesSent: 0,
  bytesPerSecond: 10,
  sentPerSecond: 0,
  etaSeconds: 5,
  currentFile: '/a\u001b[31m/b',
  nodeName: null,
  errors: 0,
  note: null,
};

it('shows a progress line on a terminal only, with no raw control characters of file names', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
  const out = new PassThrough();
  const output = createRepoOutput(false, { out, err: terminal });
  output.progress(progress);
  output.answer('done', { type: 'summary' });
  const shown = String(terminal.read());
  expect(shown).toContain('50.0%  50 B of 100 B  1 of 2 files  10 B/s  ETA 0:05  /a\\x1b[31m/b');
  expect(shown.endsWith('\r\u001b[K')).toBe(true);
  expect(String(out.read())).toBe('done\n');

  const pipe = new PassThrough();
  createRepoOutput(false, { out, err: pipe }).progress(progress);
  expect(pipe.read()).toBeNull();
});

it('writes one JSON object a line for programs', () => {
  const out = new PassThrough();
  const output = createRepoOutput(true, { out, err: new PassThrough() });
  output.progress(progress);
  output.note('a note');
  const lines = String(out.read()).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).type)).toEqual(['progress', 'note']);
});
