import type { RunProgress } from '@breakwater/contract/run';
import { expect, test } from 'vitest';
import { runShare } from './run-share.ts';

const progress = (change: Partial<RunProgress>): RunProgress => ({
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

test.each([
  ['half of its bytes', progress({}), 0.5],
  ['still counting', progress({ bytesTotal: null }), null],
  ['more bytes than were counted', progress({ bytesDone: 101 }), null],
  ['more files than were counted', progress({ filesDone: 21 }), null],
  ['only empty files', progress({ bytesTotal: 0, bytesDone: 0 }), 0.5],
  ['nothing to do', progress({ bytesTotal: 0, bytesDone: 0, filesTotal: 0, filesDone: 0 }), 1],
  ['no word yet', null, null],
])('the share of a run with %s', (_, said, share) => {
  expect(runShare({ kind: 'backup', state: 'running', progress: said })).toBe(share);
});
