// How the tests run: against one real Postgres for all files, at most three files at a time: most of them wait for something.
import { defineConfig } from 'vitest/config';
import { PlainReporter } from './test/support/plain-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a run of their own: `npm run test:faults`.
    exclude: ['test/faults/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ['default', new PlainReporter()],
  },
});
