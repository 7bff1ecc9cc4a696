// How the tests run: against one real Postgres for all files. Files that start whole processes have
// a process of their own each; the others share theirs, because loading the code for each of them
// would cost as much as all of their tests.
import { defineConfig } from 'vitest/config';
import { CodeFirst, startsProcesses } from './test/support/code-first.ts';
import { lateFiles } from './test/support/late-files.ts';
import { PlainReporter } from './test/support/plain-reporter.ts';

export default defineConfig({
  plugins: [lateFiles()],
  test: {
    globalSetup: ['test/support/postgres-server.ts'],
    // More than a small machine has cores: the tests of whole processes mostly wait.
    maxWorkers: 5,
    sequence: { sequencer: CodeFirst },
    teardownTimeout: 30_000,
    reporters: ['default', new PlainReporter()],
    projects: [
      project(
        'code',
        ['test/**/*.test.ts'],
        ['test/faults/**', 'test/real/**', 'test/release/whole/**', ...startsProcesses],
      ),
      project('processes', startsProcesses),
    ],
  },
});

function project(name: string, include: readonly string[], exclude: readonly string[] = []) {
  return {
    extends: true as const,
    test: {
      name,
      include: [...include],
      exclude: [...exclude],
      isolate: name === 'processes',
      setupFiles: ['test/support/time-left.ts'],
      pool: 'forks' as const,
      // Only a test that hangs takes so long. Tests wait for conditions, so a busy machine makes
      // them slower and lets them pass.
      testTimeout: 240_000,
      hookTimeout: 120_000,
      env: { PATIENCE: '3' },
    },
  };
}
