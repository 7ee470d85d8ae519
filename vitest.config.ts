import { defineConfig } from 'vitest/config'

// Projects: `fast` is the quick check (SQLite only), `full` holds what takes longer:
// browsers, real processes, property tests with many runs. What touches the store is `*.both.test.ts` and runs in
// both: on SQLite in the one, on PostgreSQL in the other. `*.both.full.test.ts` is too slow for the quick check: `slow`
// runs it on SQLite, `full` on PostgreSQL.
export default defineConfig({
  test: {
    // Tests share no state but the server they start, so files may share a worker: half the time goes otherwise into
    // loading the same modules again.
    isolate: false,
    maxWorkers: 2,
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
          globalSetup: 'test/support/scratch.ts',
          env: { VITEST_PROJECT: 'fast' },
        },
      },
      {
        extends: true,
        test: {
          name: 'full',
          include: ['test/**/*.full.test.ts', 'test/**/*.both.test.ts'],
          testTimeout: 120_000,
          globalSetup: ['test/support/scratch.ts', 'test/support/postgres.ts'],
          env: { VITEST_PROJECT: 'full' },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/**/*.both.full.test.ts'],
          testTimeout: 120_000,
          globalSetup: 'test/support/scratch.ts',
          env: { VITEST_PROJECT: 'slow' },
        },
      },
    ],
  },
})
