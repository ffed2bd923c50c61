import { PassThrough } from 'node:stream';
import type { RunProgress } from '@breakwater/contract/run';
import { Failure } from '@breakwater/domain/failure';
import { expect, it } from 'vitest';
import { createRepoOutput } from './create-repo-output.ts';
import { formatBytes, formatDuration } from './format-quantity.ts';
import { recordJson } from './record-json.ts';

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

it("writes restic's records for programs, errors on stderr", () => {
  const out = new PassThrough();
  const err = new PassThrough();
  const output = createRepoOutput(true, { out, err });
  output.text('not for programs');
  output.progress(progress);
  output.record({ message_type: 'summary', snapshot_id: 'ab', parent: undefined });
  output.document([{ inode: 18_446_744_073_709_551_615n, path: '/<\u001b>' }]);
  output.issue({ path: '/a', during: 'read', code: 'unreadable', message: 'Permission denied' });
  output.failure(new Failure('wrong-password', 'no key opens'));
  const lines = String(out.read()).trim().split('\n');
  expect(lines.slice(1)).toEqual([
    '{"message_type":"summary","snapshot_id":"ab"}',
    '[{"inode":18446744073709551615,"path":"/\\u003c\\u001b\\u003e"}]',
  ]);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    message_type: 'status',
    seconds_remaining: 5,
    percent_done: 0.5,
    total_files: 2,
    files_done: 1,
    total_bytes: 100,
    bytes_done: 50,
    current_files: ['/a\u001b[31m/b'],
  });
  const errors = String(err.read()).trim().split('\n');
  expect(errors.map((line) => JSON.parse(line))).toMatchObject([
    { message_type: 'error', error: { message: 'Permission denied' }, during: 'archival', item: '/a' },
    { message_type: 'exit_error', code: 12, message: 'no key opens' },
  ]);
});

it('is silent about what moves with --quiet', () => {
  const out = new PassThrough();
  const err = new PassThrough();
  const output = createRepoOutput(true, { out, err }, -1);
  output.progress(progress);
  output.note('a remark');
  expect(out.read()).toBeNull();
  expect(err.read()).toBeNull();
});

it('writes records as JSON in the order of their fields', () => {
  expect(recordJson({ b: 1, a: [null, true, 'x"y', 0.5], gone: undefined, none: Number.NaN })).toBe(
    '{"b":1,"a":[null,true,"x\\"y",0.5],"none":null}',
  );
});
