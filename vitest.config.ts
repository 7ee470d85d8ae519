import { defineConfig } from 'vitest/config'

// Two projects: `fast` is the quick check (SQLite only, no browser), `full` holds what takes longer:
// PostgreSQL, browsers, real processes, property tests with many runs.
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/**/*.ts'], provider: 'v8' },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.full.test.ts'],
          env: { VITEST_PROJECT: 'fast' },
        },
      },
      {
        extends: true,
        test: {
          name: 'full',
          include: ['test/**/*.full.test.ts'],
          testTimeout: 120_000,
          globalSetup: 'test/support/postgres.ts',
          env: { VITEST_PROJECT: 'full' },
        },
      },
    ],
  },
})
