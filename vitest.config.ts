// How the tests run: against one real Postgres for all files, at most two files at a time.
import { defineConfig } from 'vitest/config';
import { PlainReporter } from './test/support/plain-reporter.ts';

// Minutes of waiting for back-offs, leases and starts, of which the fault suite has its own;
// .ci/run leaves them out by SHORT=1.
const slow = ['mattermost', 'replicas', 'kill'].map((name) => `test/e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a run of their own: `npm run test:faults`.
    exclude: ['test/faults/**', ...(process.env.SHORT === undefined ? [] : slow)],
    globalSetup: ['test/support/postgres-server.ts'],
    setupFiles: ['test/support/time-left.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Only what hangs takes so long. Tests wait for conditions, so on a machine that is busy with
    // other things they are slower, and pass.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    env: { PATIENCE: '3' },
    teardownTimeout: 30_000,
    reporters: ['default', new PlainReporter()],
  },
});
