import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './reports.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  file = join(folder, 'report.json');
});
afterEach(() => rmSync(folder, { recursive: true }));
const write = (report: unknown) => writeFileSync(file, JSON.stringify(report));

describe('a vitest report', () => {
  const test = (status: string, fullName = status) => ({ status, fullName });

  it('is counted, with the names of what was skipped', () => {
    const assertionResults = [test('passed'), test('failed'), test('skipped', 'x (skipped: no y)')];
    write({ numFailedTestSuites: 1, testResults: [{ status: 'failed', assertionResults }] });
    expect(readVitestReport(file, 1)).toEqual({ passed: 1, failed: 1, skipped: ['x (skipped: no y)'] });
  });

  it('without a failed test, of a run that failed, is one failure', () => {
    write({
      numFailedTestSuites: 1,
      testResults: [{ status: 'failed', assertionResults: [test('passed')] }],
    });
    expect(readVitestReport(file, 1)).toEqual({ passed: 1, failed: 1, skipped: [] });
  });

  it('that was never written is one failure', () => {
    expect(readVitestReport(file, 0)).toEqual({ passed: 0, failed: 1, skipped: [] });
  });
});

describe('a Playwright report', () => {
  const report = (stats: object, ...annotations: object[]) => ({
    stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats },
    suites: [{ specs: [], suites: [{ specs: [{ title: 'a backup', tests: [{ annotations }] }] }] }],
  });

  it('tells tests that were skipped, and tests a part of which was', () => {
    const part = { type: 'judge', description: 'skipped: restic not installed' };
    write(report({ expected: 2, skipped: 1 }, part, { type: 'skip', description: 'no screen' }));
    expect(readPlaywrightReport(file, 0)).toEqual({
      passed: 2,
      failed: 0,
      skipped: ['a backup: skipped: restic not installed', 'a backup: skipped: no screen'],
    });
  });

  it('says nothing of other annotations, and counts a flaky test as failed', () => {
    write(report({ expected: 1, flaky: 1 }, { type: 'judge', description: 'stock restic' }));
    expect(readPlaywrightReport(file, 0)).toEqual({ passed: 1, failed: 1, skipped: [] });
  });
});
