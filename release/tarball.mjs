// Makes tocsin-<version>.tar.gz: `node release/tarball.mjs [folder]`, by default release/out. The
// same sources give the same bytes under the same Node. Needs what `npm ci` installs, and nothing
// that was built.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { stage } from './stage.mjs';
import { entriesOf, tar } from './tar.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, 'release', 'out'));
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'tocsin-release-'));
try {
  const packages = await stage(root, join(folder, 'stage'));
  const bytes = tar(entriesOf(join(folder, 'stage'), `${name}-${version}`));
  const packed = gzipSync(bytes, { level: 9 });
  const file = join(out, `${name}-${version}.tar.gz`);
  mkdirSync(out, { recursive: true });
  writeFileSync(file, packed);
  const megabytes = (length) => `${(length / 1e6).toFixed(1)} MB`;
  console.log(
    `${file}: ${megabytes(packed.length)}, ${megabytes(bytes.length)} unpacked, ` +
      `${packages.length} packages inside\nsha256 ${createHash('sha256').update(packed).digest('hex')}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
