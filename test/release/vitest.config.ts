// How a release as a whole is tested (`npm run test:release`): by itself, because it builds one.
// Needs root for namespaces of its own, and mmdebstrap for the image.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PlainReporter } from '../support/plain-reporter.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/release/whole/**/*.test.ts'],
    globalSetup: ['test/release/whole/build.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 600_000,
    reporters: ['default', new PlainReporter()],
  },
});
