import { defineConfig } from 'vitest/config';

const everywhere = ['packages/*/src/**', 'apps/*/src/**', 'scripts/**'];
const integration = everywhere.map((root) => `${root}/*.integration.test.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere.map((root) => `${root}/*.test.ts`),
          exclude: ['**/node_modules/**', ...integration],
          pool: 'forks',
          testTimeout: 20_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'integration',
          include: integration,
          exclude: ['**/node_modules/**'],
          pool: 'forks',
          globalSetup: ['apps/web/src/server/db/testing/shared-postgres.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // These wait for processes more than they compute.
          maxWorkers: 3,
        },
      },
    ],
  },
});
