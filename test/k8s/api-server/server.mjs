// Builds, starts and stops an API server of Kubernetes with an etcd, on loopback, from their published
// modules. Nothing else of a cluster: no controller, no node.
import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folderOfTools } from '../get-chart-tools.mjs';

const kubernetes = 'v1.37.2';
/** Modules that Kubernetes keeps in its own repository are published under this version. */
const staging = kubernetes.replace('v1.', 'v0.');
const packages = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  etcd: 'go.etcd.io/etcd/server/v3',
};

function go(args, cwd) {
  console.log(['go', ...args].join(' '));
  const env = {
    ...process.env,
    GOFLAGS: `${process.env.GOFLAGS ?? ''} -mod=mod`.trim(),
    CGO_ENABLED: '0',
  };
  const { status, stdout } = spawnSync('go', args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`go ${args[0]} failed: exit code ${status}`);
  return stdout;
}

/** Takes a quarter of an hour of two cores, and 4 GB of disk, the first time. */
function build() {
  const bin = join(folderOfTools(), 'bin');
  const folder = join(folderOfTools(), 'build', 'kubernetes');
  mkdirSync(bin, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const missing = Object.keys(packages).filter((name) => !existsSync(join(bin, name)));
  if (missing.length === 0) return bin;
  writeFileSync(join(folder, 'go.mod'), 'module api-server\n\ngo 1.26.0\n');
  const { GoMod } = JSON.parse(
    go(['mod', 'download', '-json', `k8s.io/kubernetes@${kubernetes}`], folder),
  );
  const names = [...readFileSync(GoMod, 'utf8').matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging\//gm)];
  const lines = names.map(([, name]) => `\t${name} => ${name} ${staging}`);
  const text = [
    'module api-server',
    'go 1.26.0',
    'godebug default=go1.26',
    `require k8s.io/kubernetes ${kubernetes}`,
    `replace (\n${lines.join('\n')}\n)`,
  ];
  writeFileSync(join(folder, 'go.mod'), `${text.join('\n\n')}\n`);
  for (const name of missing)
    go(['build', '-trimpath', '-ldflags=-s -w', '-o', join(bin, name), packages[name]], folder);
  return bin;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * @returns `kubectl(args, input)` with status, stdout and stderr, and `stop()`
 * @throws with the end of the logs if it is not ready within three minutes
 */
export async function startApiServer() {
  const bin = build();
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-api-server-'));
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const token = randomBytes(24).toString('hex');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const file = (name, text) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const processes = [];
  const start = (name, args) => {
    const log = openSync(join(folder, `${name}.log`), 'w');
    processes.push(spawn(join(bin, name), args, { stdio: ['ignore', log, log] }));
  };
  const stop = async () => {
    for (const child of processes.reverse())
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }
    rmSync(folder, { recursive: true, force: true });
  };
  const address = `http://127.0.0.1:${client}`;
  const peers = `http://127.0.0.1:${peer}`;
  start('etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${address}`,
    `--advertise-client-urls=${address}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
  ]);
  start('kube-apiserver', [
    `--etcd-servers=${address}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('account.pub', publicKey)}`,
    `--service-account-signing-key-file=${file('account.key', privateKey)}`,
    `--token-auth-file=${file('tokens.csv', `${token},admin,1,system:masters\n`)}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
  ]);
  const server = [
    `--server=https://127.0.0.1:${port}`,
    `--token=${token}`,
    '--insecure-skip-tls-verify',
  ];
  const kubectl = (args, input = '') =>
    spawnSync('kubectl', [...server, ...args], {
      input,
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1e8,
      // Neither a cluster nor a cache of the person who runs it.
      env: { ...process.env, KUBECONFIG: '/dev/null', HOME: folder },
    });
  const until = Date.now() + 180_000;
  while (kubectl(['get', '--raw', '/readyz']).status !== 0) {
    if (Date.now() > until || processes.some(({ exitCode }) => exitCode !== null)) {
      const ends = ['etcd', 'kube-apiserver'].map((name) =>
        readFileSync(join(folder, `${name}.log`), 'utf8').slice(-2000),
      );
      await stop();
      throw new Error(`the API server is not ready:\n${ends.join('\n')}`);
    }
    await sleep(1000);
  }
  return { kubectl, stop };
}
