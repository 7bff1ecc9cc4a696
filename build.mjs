// Compiles src/ and simulators/ to dist/, and prepares the embedded database's archive. Plain
// JavaScript, because it runs before anything is built.
// `--if-missing` returns at once when dist/ is there (npm start, npm run demo after `npm ci
// --ignore-scripts`).
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const main = join(root, 'dist', 'main.js');
if (process.argv.includes('--if-missing') && existsSync(main)) process.exit(0);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Tocsin needs Node 20.19 or newer; this is ${process.version}.`);

const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(compiler)) {
  fail(
    'The TypeScript compiler is not installed, so dist/ cannot be built. Run `npm ci --include=dev` and try again.',
  );
}
// Beside the old one, and put in its place when it is whole: a service that runs from there loads
// some files only when it needs them.
const fresh = join(root, 'dist.new');
rmSync(fresh, { recursive: true, force: true });
run(
  [compiler, '-p', join(root, 'tsconfig.json'), '--outDir', fresh],
  'The TypeScript compiler reported errors (above).',
);
// The program that units and crontabs name, wherever the compiler puts its files.
writeFileSync(join(fresh, 'main.js'), "#!/usr/bin/env node\nimport './src/main.js';\n", {
  mode: 0o755,
});
makeSeed();
rmSync(join(root, 'dist.old'), { recursive: true, force: true });
if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), join(root, 'dist.old'));
renameSync(fresh, join(root, 'dist'));
rmSync(join(root, 'dist.old'), { recursive: true, force: true });

/**
 * Without the archive a first start of the embedded database makes its files itself: slower, never
 * wrong.
 */
function makeSeed() {
  const script = join(fresh, 'src', 'store', 'embedded', 'make-seed.js');
  if (!existsSync(script)) return;
  const archive = join(fresh, 'embedded-seed.tar.gz');
  // A clock that stands, so that the same sources give the same archive.
  const still = pathToFileURL(join(root, 'release', 'still.mjs')).href;
  const result = spawnSync(process.execPath, ['--import', still, script, archive], {
    cwd: root,
    stdio: 'inherit',
    timeout: 120_000,
  });
  if (result.status === 0) return;
  console.error(
    `tocsin build: warning: the prepared database was not made, so a first start on the embedded database is slower.`,
  );
}

/** Runs one Node script to its end; a failure ends the build with `cause`. */
function run(args, cause) {
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (result.error) fail(`${cause} (${result.error.message})`);
  if (result.status !== 0) fail(cause);
}

function fail(message) {
  console.error(`tocsin build: ${message}`);
  process.exit(1);
}
