// `npm run bench`: a backlog of events read from the simulated tenant, stored in Postgres, and posted one by one to the simulated Mattermost,
// by the service as a process of its own. Prints deliveries a second, resident memory and idle CPU. Needs BENCH_DATABASE_URL, an empty database.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMattermost } from '../dist/demo/mattermost.js';
import { startTenant } from '../dist/demo/tenant.js';

const databaseUrl = process.env.BENCH_DATABASE_URL;
if (!databaseUrl) {
  console.error('Set BENCH_DATABASE_URL to an empty database of a local Postgres, and run again.');
  process.exit(2);
}
const count = Number(process.argv[2] ?? 20_000);
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
const tenant = await startTenant();
const mattermost = await startMattermost({ postsKept: 0 });
tenant.add('events', count);
const port = await freePort();
const env = {
  PATH: process.env.PATH,
  DEEPINSTINCT_URL: tenant.url,
  TOKENS_KEY: tenant.token,
  MATTERMOST_WEBHOOK_URL: mattermost.hookUrl,
  DATABASE_URL: databaseUrl,
  DATA_DIR: directory,
  SINK_RATE: 'off',
  HOST: '127.0.0.1',
  PORT: String(port),
  LOG_LEVEL: 'warn',
};
const child = spawn(process.execPath, [main, 'serve'], {
  env,
  cwd: directory,
  stdio: ['ignore', 'inherit', 'inherit'],
});
const ended = new Promise((resolve) => child.once('exit', resolve));

let firstAt = 0;
let peakMb = 0;
for (let n = 0; n < 3000 && mattermost.deliveries.size < count; n += 1) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  if (firstAt === 0 && mattermost.deliveries.size > 0) firstAt = performance.now();
  peakMb = Math.max(peakMb, residentMb(child.pid));
}
const seconds = (performance.now() - firstAt) / 1000;
const delivered = mattermost.deliveries.size;
const twice = [...mattermost.deliveries.values()].filter((times) => times > 1).length;
await new Promise((resolve) => setTimeout(resolve, 3000));
const before = cpuSeconds(child.pid);
await new Promise((resolve) => setTimeout(resolve, 10_000));
const idlePercent = ((cpuSeconds(child.pid) - before) / 10) * 100;
child.kill('SIGTERM');
await ended;
await Promise.all([tenant.close(), mattermost.close()]);
await rm(directory, { recursive: true });
const figures = {
  delivered,
  twice,
  seconds: round(seconds),
  per_second: Math.round(delivered / seconds),
  peak_rss_mb: Math.round(peakMb),
  idle_cpu_percent: round(idlePercent),
};
console.log(JSON.stringify(figures));
process.exit(delivered >= count ? 0 : 1);

function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function round(value) {
  return Math.round(value * 100) / 100;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
