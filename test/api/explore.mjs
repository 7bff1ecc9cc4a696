// Explores the API with schemathesis: starts a service on the embedded database beside a simulated
// console and channel, sends what the API's own document allows and forbids, and ends by itself.
// `node test/api/explore.mjs [schemathesis]`; needs a built dist/. Without the program it says so
// and ends well: it is no part of `npm test`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = process.argv[2] ?? 'schemathesis';
const secondsMax = Number(process.env.EXPLORE_SECONDS ?? 240);

/** With 431, which Node itself answers to an address of more than 8 kB. */
const settings = `[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 431]
`;

if (spawnSync(program, ['--version']).status !== 0) {
  console.log(`skipped: ${program} is not there ("pip install schemathesis" brings it)`);
  process.exit(0);
}

const { startTenant } = await import(join(root, 'dist/simulators/tenant/index.js'));
const { startMattermost } = await import(join(root, 'dist/simulators/mattermost/index.js'));
const directory = mkdtempSync(join(tmpdir(), 'tocsin-explore-'));
const tenant = await startTenant();
const mattermost = await startMattermost();
tenant.add('events', 60);
tenant.add('suspicious', 20);

const env = {
  PATH: process.env.PATH,
  DEEPINSTINCT_URL: tenant.url,
  TOKENS_KEY: tenant.token,
  MATTERMOST_WEBHOOK_URL: mattermost.hookUrl,
  DATA_DIR: join(directory, 'data'),
  HOST: '127.0.0.1',
  PORT: '0',
  START_FROM: 'all',
};
const tocsin = [join(root, 'dist/main.js')];
const service = spawn(process.execPath, [...tocsin, 'serve'], { cwd: directory, env });
const lines = [];
service.stdout.on('data', (bytes) => lines.push(...String(bytes).split('\n')));
service.stderr.on('data', (bytes) => lines.push(...String(bytes).split('\n')));

let status = 1;
try {
  const address = await found(/"address":"(http:[^"]+)"/);
  await found(() => mattermost.posts.length > 5);
  status = explore(address, makeToken());
  const failures = lines.filter((line) => line.includes('an operation failed'));
  for (const line of failures.slice(0, 20)) console.log(line);
  if (failures.length > 0) status = 1;
} finally {
  await end(service);
  await Promise.all([tenant.close(), mattermost.close()]);
  rmSync(directory, { recursive: true, force: true });
}
process.exit(status);

/** What the log says, or once a condition holds; fails after a minute. */
async function found(wanted) {
  for (let tries = 0; tries < 600; tries += 1) {
    const hit =
      typeof wanted === 'function'
        ? wanted()
        : lines.map((line) => wanted.exec(line)?.[1]).find((text) => text !== undefined);
    if (hit) return hit;
    if (service.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the service did not come up:\n${lines.slice(-20).join('\n')}`);
}

async function end(child) {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(late);
}

/** Of an id that no made-up request names. */
function makeToken() {
  let token;
  for (let n = 0; n < 5; n += 1) {
    const args = ['token', 'create', `explorer ${n}`, '--role', 'admin'];
    const made = spawnSync(process.execPath, [...tocsin, ...args], { cwd: directory, env });
    token = String(made.stdout).trim();
    if (made.status !== 0 || token === '')
      throw new Error(`no token: ${made.stdout}${made.stderr}`);
  }
  return token;
}

function explore(address, token) {
  writeFileSync(join(directory, 'schemathesis.toml'), settings);
  const flags = [
    ...['--url', `${address}/api/v1`, '--header', `Authorization: Bearer ${token}`],
    ...['--checks', 'all', '--exclude-checks', notChecked().join(',')],
    // It never ends, and revoking may end the explorer's own way in.
    ...['--exclude-operation-id', 'event-stream', '--exclude-operation-id', 'token-revoke'],
    ...['--exclude-operation-id', 'session-revoke'],
    ...['--max-time', String(secondsMax), '--max-examples', '40', '--request-timeout', '20'],
    ...['--phases', 'examples,coverage,fuzzing', '--continue-on-failure', '--seed', '1'],
    ...['--suppress-health-check', 'all', '--no-shrink'],
  ];
  const run = spawnSync(program, ['run', `${address}/api/v1/openapi.json`, ...flags], {
    cwd: directory,
    stdio: 'inherit',
    env: { ...process.env, NO_COLOR: '1' },
    timeout: (secondsMax + 120) * 1000,
  });
  return run.status ?? 1;
}

function notChecked() {
  return [
    // A cursor, a time before another, a name that is taken: rules that no schema says.
    'positive_data_acceptance',
    // It would be locked out, as it should be.
    'ignored_auth',
    'object_level_authorization',
  ];
}
