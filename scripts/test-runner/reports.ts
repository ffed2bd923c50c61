import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

export interface Tally {
  passed: number;
  failed: number;
  /** Titles, which say why. */
  skipped: string[];
}

const vitestReport = z.object({
  numFailedTestSuites: z.number(),
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

const annotation = z.object({ type: z.string(), description: z.string().optional() });
const spec = z.object({ title: z.string(), tests: z.array(z.object({ annotations: z.array(annotation) })) });
interface PlaywrightSuite {
  specs: z.infer<typeof spec>[];
  suites?: PlaywrightSuite[] | undefined;
}
const playwrightSuite: z.ZodType<PlaywrightSuite> = z.object({
  specs: z.array(spec),
  get suites() {
    return z.array(playwrightSuite).optional();
  },
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  suites: z.array(playwrightSuite),
});

/** Counts of a vitest JSON report. A run that failed without a failed test (a file that did not load) is one failure. */
export function readVitestReport(path: string, exitCode: number): Tally {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: [] };
  const report = vitestReport.parse(JSON.parse(readFileSync(path, 'utf8')));
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const failed = tests.filter((test) => test.status === 'failed').length;
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: tests
      .filter((test) => test.status === 'skipped' || test.status === 'pending')
      .map((test) => test.fullName),
  };
}

/** Counts of a Playwright JSON report. A flaky test counts as failed: it is a bug in the product or the test. */
export function readPlaywrightReport(path: string, exitCode: number): Tally {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: [] };
  const { stats, suites } = playwrightReport.parse(JSON.parse(readFileSync(path, 'utf8')));
  const failed = stats.unexpected + stats.flaky;
  return {
    passed: stats.expected,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: suites.flatMap(skippedIn),
  };
}

/** Tests, and the parts of tests, that say they were skipped. */
function skippedIn(suite: PlaywrightSuite): string[] {
  const here = suite.specs.flatMap(({ title, tests }) =>
    tests
      .flatMap((test) => test.annotations)
      .filter(({ type, description }) => type === 'skip' || description?.startsWith('skipped:') === true)
      .map(({ type, description }) => `${title}: ${type === 'skip' ? 'skipped: ' : ''}${description ?? ''}`),
  );
  return [...here, ...(suite.suites ?? []).flatMap(skippedIn)];
}
