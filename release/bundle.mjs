// The program in few files: what a start loads is read and compiled as a whole, and no package needs
// to be installed.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Packages written for `require` get one; those written for both ways are taken as modules.
 */
const banner = [
  "import { createRequire as requireOf } from 'node:module';",
  'const require = requireOf(import.meta.url);',
].join('\n');

/**
 * Writes `main.js`, `worker.js`, `client.js`, `make-seed.js`, their common parts, and the files that
 * the embedded database reads beside itself.
 * @param {string} root of the sources
 * @param {string} folder made if it is missing
 * @returns {Promise<string[]>} every source file that went in, below `root`
 */
export async function bundle(root, folder) {
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'src/main.ts',
      worker: 'src/store/embedded/worker.ts',
      client: 'src/client/index.ts',
      'make-seed': 'src/store/embedded/make-seed.ts',
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Names and lines stay, so that a stack trace says where it was.
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
    banner: { js: banner },
  });
  const pglite = dirname(createRequire(join(root, 'package.json')).resolve('@electric-sql/pglite'));
  for (const name of ['pglite.wasm', 'pglite.data', 'initdb.wasm'])
    copyFileSync(join(pglite, name), join(folder, name));
  return [...new Set(Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)))];
}
