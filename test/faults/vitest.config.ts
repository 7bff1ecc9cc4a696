// How the fault suite runs (`npm run test:faults`): as the other tests do, but by itself, because
// it takes minutes. `FAULTS=long` makes it the long form, `SEED=` repeats a run.
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { lateFiles } from '../support/late-files.ts';
import { PlainReporter } from '../support/plain-reporter.ts';
import { TableReporter } from './table-reporter.ts';

const seed = process.env.SEED ?? String(randomInt(1_000_000));

export default defineConfig({
  plugins: [lateFiles()],
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/support/postgres-server.ts'],
    setupFiles: ['test/support/time-left.ts'],
    env: { SEED: seed, PATIENCE: '2' },
    pool: 'forks',
    // Most of the time they wait for time-outs and back-offs.
    maxWorkers: 5,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ['default', new TableReporter(seed), new PlainReporter()],
  },
});
