import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPages, generateDatabaseClient } from '../launcher/build.ts';
import { requireWritable } from '../launcher/writable.ts';
import { runCheck } from './check.ts';
import { readPlaywrightReport, readVitestReport, type Tally } from './reports.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const bin = (name: string) => join(root, 'node_modules', name);

/** `npm test`: every check of the project, the quick ones first; ends with `N passed, N failed`. */
async function main(): Promise<void> {
  requireWritable(root, 'The tests keep results');
  const reports = mkdtempSync(join(tmpdir(), 'breakwater-reports-'));
  const total: Tally = { passed: 0, failed: 0, skipped: [] };
  const add = (tally: Tally) => {
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped.push(...tally.skipped);
  };
  const one = async (title: string, args: readonly string[], env: Record<string, string> = {}) => {
    const ok = (await runCheck(title, root, args, env)) === 0;
    add({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] });
    return ok;
  };

  try {
    await generateDatabaseClient(root);
  } catch (error) {
    rmSync(reports, { recursive: true, force: true });
    throw error;
  }
  await one('Lint', [bin('@biomejs/biome/bin/biome'), 'lint', '--error-on-warnings']);
  await one('Format', [bin('@biomejs/biome/bin/biome'), 'format']);
  await one('Import rule', [
    bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    'packages',
    'apps',
  ]);
  await one('Types', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']);
  await one('Types of the control center', [
    bin('typescript/bin/tsc'),
    '--noEmit',
    '-p',
    'apps/web/tsconfig.json',
  ]);

  for (const project of ['unit', 'integration']) {
    const report = join(reports, `${project}.json`);
    const code = await runCheck(`Tests: ${project}`, root, [
      bin('vitest/vitest.mjs'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    add(readVitestReport(report, code));
  }

  try {
    await buildPages(root);
    const report = join(reports, 'e2e.json');
    const code = await runCheck(
      'Tests: e2e',
      root,
      [
        bin('@playwright/test/cli.js'),
        'test',
        '--config',
        'e2e/playwright.config.ts',
        '--reporter=list,json',
      ],
      { PLAYWRIGHT_JSON_OUTPUT_FILE: report, PWTEST_CACHE_DIR: join(reports, 'playwright-cache') },
    );
    add(readPlaywrightReport(report, code));
  } catch (error) {
    process.stderr.write(`✗ The console could not be built: ${(error as Error).message}\n`);
    add({ passed: 0, failed: 1, skipped: [] });
  }

  rmSync(reports, { recursive: true, force: true });
  if (total.skipped.length > 0) {
    process.stdout.write(`\nSkipped (${total.skipped.length}):\n`);
    for (const title of total.skipped) process.stdout.write(`  ${title}\n`);
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  process.exit(total.failed === 0 ? 0 : 1);
}

main().catch((error: unknown) => {
  process.stderr.write(`\n✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
