// The built service as a process, a directory and a database of its own around it, and what its
// health page says.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { freePort } from '../postgres.mjs';
import { pause, stop } from '../round.mjs';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const readyMaxMs = 60_000;
const agent = new Agent({ keepAlive: true });

/**
 * @returns `{pid, port, readyMs, stop}` of a service that is ready; ends with the directory if it
 * made it
 */
export async function startService({ environment, file, directory, nodeOptions = [] }) {
  const own = directory ?? makeDirectory();
  const port = await freePort();
  if (file !== undefined) writeFileSync(join(own, 'tocsin.yaml'), JSON.stringify(file));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, main, 'serve'], {
    cwd: own,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env.PATH,
      DATA_DIR: own,
      PORT: String(port),
      HOST: '127.0.0.1',
      SINK_RATE: 'off',
      STORM: 'off',
      LOG_LEVEL: 'error',
      START_FROM: 'all',
      ...(file === undefined ? {} : { TOCSIN_CONFIG: join(own, 'tocsin.yaml') }),
      ...environment,
    },
  });
  while ((await ask(port, '/readyz')).status !== 200) {
    const isHopeless = child.exitCode !== null || performance.now() - startedAt > readyMaxMs;
    if (isHopeless)
      throw new Error(`the service did not become ready (exit code ${child.exitCode})`);
    await pause(5);
  }
  return {
    pid: child.pid,
    port,
    readyMs: performance.now() - startedAt,
    async stop() {
      await stop(child);
      if (directory === undefined) rmSync(own, { recursive: true, force: true });
    },
  };
}

export function makeDirectory() {
  return mkdtempSync(join(tmpdir(), 'tocsin-bench-'));
}

/** Status 0: no answer. */
export function ask(port, path) {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, agent }, async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve({ status: response.statusCode, body });
    }).on('error', () => resolve({ status: 0, body: '' }));
  });
}

/** A new database. @returns `{name, url, drop}` */
export async function makeDatabase(sql, serverUrl, purpose, template = 'template1') {
  const name = `bench_${purpose}_${process.pid}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await sql.unsafe(`create database ${name} template ${template}`);
  return { name, url: url.href, drop: () => sql.unsafe(`drop database ${name} with (force)`) };
}

export function migrate(url) {
  const env = { PATH: process.env.PATH, DATABASE_URL: url, LOG_LEVEL: 'error' };
  const { status, stderr } = spawnSync(process.execPath, [main, 'migrate'], {
    env,
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tocsin migrate failed: ${stderr}`);
}

/** Runs `work` on a connection of its own. */
export async function within(url, work) {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice() {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
