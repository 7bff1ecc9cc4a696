// How the sinks and sources are tried against real servers (`npm run test:real`): by itself, because
// these have to be installed first; `npm run test:real:servers` does that.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { lateFiles } from '../support/late-files.ts';
import { PlainReporter } from '../support/plain-reporter.ts';

export default defineConfig({
  plugins: [lateFiles()],
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/real/**/*.test.ts'],
    setupFiles: ['test/support/time-left.ts'],
    env: { PATIENCE: '3' },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // The verbose one says of each test that was skipped why.
    reporters: ['verbose', new PlainReporter()],
  },
});
