// Makes the container image out of the tarball, without an engine and without a registry of images:
//   node release/image.mjs [folder of the tarball] [amd64] [arm64]
// by default release/out and both. Writes the folder `image` beside the tarball, in the layout of
// the OCI. The same tarball, commit and packages of Debian give the same bytes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDebian, makeNode } from './base.mjs';
import { configOf } from './dockerfile.mjs';
import { layerOf, writeLayout } from './oci.mjs';
import { entriesOf, tar } from './tar.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const words = process.argv.slice(2);
const asked = words.filter((word) => /^(amd|arm)64$/.test(word));
const out = resolve(words.find((word) => !asked.includes(word)) ?? join(root, 'release', 'out'));
const architectures = asked.length > 0 ? asked : ['amd64', 'arm64'];

const git = (...argv) => execFileSync('git', argv, { cwd: root, encoding: 'utf8' }).trim();
const revision = process.env.REVISION ?? git('rev-parse', 'HEAD');
const created = new Date(
  Number(process.env.SOURCE_DATE_EPOCH ?? git('log', '-1', '--format=%ct')) * 1000,
)
  .toISOString()
  .replace('.000Z', 'Z');

/** `docker exec <container> tocsin check`, also where there is no shell. */
const command = "#!/usr/local/bin/node\nimport('/app/dist/main.js');\n";

/** Folders whose rights are not the ordinary ones. */
const rights = { tmp: 0o1777, root: 0o700 };

const config = configOf(readFileSync(join(root, 'Dockerfile'), 'utf8'), {
  VERSION: version,
  REVISION: revision,
  CREATED: created,
});
config.Env.unshift('PATH=/usr/local/bin:/usr/bin:/bin');
const program = programLayer();
const layers = Object.fromEntries(
  architectures.map((architecture) => [
    architecture,
    [
      folderLayer(`Debian for ${architecture}`, (folder) => makeDebian(architecture, folder)),
      folderLayer(`Node for ${architecture}`, (folder) => makeNode(architecture, folder)),
      program,
    ],
  ]),
);
const digest = writeLayout(join(out, 'image'), { tag: version, created, config, layers });
for (const [architecture, own] of Object.entries(layers)) {
  const sizes = own.map(({ packed }) => packed.length / 1e6);
  const sum = sizes.reduce((total, size) => total + size, 0);
  const parts = sizes.map((size) => size.toFixed(1)).join(' + ');
  console.log(`${architecture}: ${sum.toFixed(1)} MB compressed (${parts})`);
}
console.log(`${join(out, 'image')}\n${digest}`);

/** The tarball in /app, the folder for the data, and the command on the path: as the Dockerfile. */
function programLayer() {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-image-'));
  try {
    const file = join(out, `${name}-${version}.tar.gz`);
    execFileSync('tar', ['-xzf', file, '--strip-components=1', '-C', folder]);
    const [uid, gid] = config.User.split(':').map(Number);
    const bin = ['usr', 'usr/local', 'usr/local/bin'];
    const entries = [
      ...entriesOf(folder, 'app'),
      { name: 'data', kind: 'folder', mode: 0o700, uid, gid },
      ...bin.map((path) => ({ name: path, kind: 'folder', mode: 0o755 })),
      { name: 'usr/local/bin/tocsin', kind: 'file', mode: 0o755, content: Buffer.from(command) },
    ];
    return layerOf(tar(entries), `${name}-${version}.tar.gz`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function folderLayer(createdBy, fill) {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-layer-'));
  try {
    fill(folder);
    const entries = entriesOf(folder, '').map((entry) => ({
      ...entry,
      mode: rights[entry.name] ?? entry.mode,
    }));
    return layerOf(tar(entries), createdBy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
