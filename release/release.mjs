// Makes all that a release consists of, in a folder: `node release/release.mjs [--out <folder>]
// [--tag v1.2.3] [--image] [--verify] [--check]`, by default in release/out. Publishes nothing.
//   --tag     the tag must name this version, and nothing may stand under [Unreleased]
//   --image   the container image too, which needs mmdebstrap and the registry of packages
//   --verify  makes everything twice and compares
//   --check   only says what forbids a release
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeArtefacts } from './artefacts.mjs';
import { releaseProblems } from './problems.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'release', 'out') },
    tag: { type: 'string' },
    image: { type: 'boolean', default: false },
    verify: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});

const problems = [...treeProblems(), ...releaseProblems(root, values.tag)];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
if (values.tag === undefined) console.log('A rehearsal: no tag was named.');
if (!values.check) await make();

/** What is released must be what the commit has. */
function treeProblems() {
  const git = (...argv) => execFileSync('git', argv, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain');
  const problems = changed === '' ? [] : [`the tree is not clean:\n${changed}`];
  if (values.tag === undefined) return problems;
  const tagged = git('tag', '--points-at', 'HEAD').split('\n');
  if (!tagged.includes(values.tag)) problems.push(`${values.tag} is not the tag of this commit`);
  return problems;
}

async function make() {
  const start = Date.now();
  const out = resolve(values.out);
  const files = await makeArtefacts(root, out, { hasImage: values.image });
  for (const { name, bytes, sha256 } of files)
    console.log(`${sha256}  ${(bytes / 1e6).toFixed(2).padStart(7)} MB  ${name}`);
  console.log(`${out}: ${files.length} files in ${Math.round((Date.now() - start) / 1000)} s`);
  if (values.verify) await verify(files);
}

async function verify(files) {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-again-'));
  try {
    const again = await makeArtefacts(root, folder, { hasImage: values.image });
    const sums = new Map(again.map(({ name, sha256 }) => [name, sha256]));
    const other = files.filter(({ name, sha256 }) => sums.get(name) !== sha256);
    for (const { name } of other) console.error(`${name} came out otherwise the second time`);
    if (other.length > 0 || again.length !== files.length) process.exitCode = 1;
    else console.log('Made twice, with the same bytes.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
