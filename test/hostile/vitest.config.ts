// How run.mjs runs the hostile strings: the tests of sinks without a database.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/sinks/**/*.test.ts'],
    setupFiles: ['test/support/time-left.ts'],
    pool: 'forks',
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
