// Gets what `npm run test:chart` needs and the machine lacks: helm and helm-unittest, built from
// their published modules, and kubernetes-validate with its schemas. Needs go and python3, takes
// minutes the first time, and writes to $CHART_TOOLS or ~/.cache/tocsin-chart-tools alone.
// HELM=4 takes that one in place of Helm 3, in a folder of its own.
//   node test/k8s/get-chart-tools.mjs
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const isHelm4 = process.env.HELM === '4';
const programs = {
  helm: isHelm4
    ? { module: 'helm.sh/helm/v4', version: 'v4.3.1', path: 'cmd/helm' }
    : { module: 'helm.sh/helm/v3', version: 'v3.22.0', path: 'cmd/helm' },
  'helm-unittest': {
    module: 'github.com/helm-unittest/helm-unittest',
    version: 'v1.1.2',
    path: 'cmd/helm-unittest',
    // Its own module says so, which counts only where that module is built by itself.
    replace:
      'github.com/vmware-labs/yaml-jsonpath => github.com/helm-unittest/yaml-jsonpath v0.4.0',
  },
};
/** Its version is that of the newest Kubernetes whose schemas it has. */
const validator = 'kubernetes-validate==1.37.0';

/** Where the programs are, in `bin`. */
export function folderOfTools() {
  const folder = isHelm4 ? 'tocsin-chart-tools-helm4' : 'tocsin-chart-tools';
  return process.env.CHART_TOOLS || join(homedir(), '.cache', folder);
}

function run(command, args, { cwd, env } = {}) {
  console.log([command, ...args].join(' '));
  const options = { stdio: 'inherit', cwd, env: { ...process.env, ...env } };
  const { status, error } = spawnSync(command, args, options);
  if (status !== 0)
    throw new Error(`${command} failed: ${error?.message ?? `exit code ${status}`}`);
}

/** Builds a program from its module, in a module of its own. */
function build(name, { module, version, path, replace }) {
  const folder = join(folderOfTools(), 'build', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const lines = ['module chart-tools', 'go 1.26.0', `require ${module} ${version}`];
  if (replace) lines.push(`replace ${replace}`);
  writeFileSync(join(folder, 'go.mod'), `${lines.join('\n\n')}\n`);
  const output = join(folderOfTools(), 'bin', name);
  run('go', ['build', '-mod=mod', '-o', output, `${module}/${path}`], { cwd: folder });
}

function getAll() {
  const bin = join(folderOfTools(), 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, program] of Object.entries(programs))
    if (!existsSync(join(bin, name))) build(name, program);
  const python = join(folderOfTools(), 'python');
  const program = join(bin, 'kubernetes-validate');
  if (existsSync(program)) return;
  run('python3', ['-m', 'venv', python]);
  run(join(python, 'bin', 'pip'), ['install', '--quiet', validator]);
  symlinkSync(join(python, 'bin', 'kubernetes-validate'), program);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) getAll();
