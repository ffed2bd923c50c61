import { defineConfig } from '@playwright/test';

// One worker: each file starts a whole cluster, and two cores hold one. No retries: a flaky test is a bug.
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  outputDir: '../test-results',
  reporter: 'list',
});
