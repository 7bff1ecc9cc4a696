// How the tests run: against one real Postgres for all files.
import { defineConfig } from 'vitest/config';
import { Interleaved } from './test/support/interleaved.ts';
import { PlainReporter } from './test/support/plain-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a run of their own: `npm run test:faults`.
    exclude: ['test/faults/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    setupFiles: ['test/support/time-left.ts'],
    pool: 'forks',
    // Twice as many as a small machine has cores: the tests of whole processes mostly wait.
    maxWorkers: 4,
    sequence: { sequencer: Interleaved },
    // Only a test that hangs takes so long. Tests wait for conditions, so a busy machine makes them
    // slower and lets them pass.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    env: { PATIENCE: '3' },
    teardownTimeout: 30_000,
    reporters: ['default', new PlainReporter()],
  },
});
