// The built service as processes between a simulated tenant and a simulated Mattermost, for tests
// of the whole. Needs an up-to-date dist/.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import {
  type Mattermost,
  type MattermostOptions,
  startMattermost,
} from '../../simulators/mattermost/index.ts';
import { startTenant, type Tenant, type TenantOptions } from '../../simulators/tenant/index.ts';
import { builtFile } from './built.ts';
import { createTestDatabase, environmentOf } from './database.ts';

export type DatabaseKind = 'postgres' | 'embedded';
export type LogLine = Readonly<Record<string, unknown>>;
type Environment = Readonly<Record<string, string>>;

export interface Service {
  readonly child: ChildProcess;
  /** Everything that it logged, in order. */
  readonly log: readonly LogLine[];
  /** `http://127.0.0.1:1234`. Rejects if the process ends before it listens. */
  readonly address: Promise<string>;
  /** Monotonic milliseconds from its start until `/readyz` says yes. */
  ready(): Promise<number>;
  /** Status and body of one of its pages. */
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /**
   * A sample of `/metrics` by its whole name (`tocsin_deliveries_dead{sink="soc"}`); undefined if
   * there is none.
   */
  metric(series: string): Promise<number | undefined>;
  /**
   * Resolves when it is gone and all that it logged was read, with the exit code; null if the
   * signal ended it.
   */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface World {
  readonly tenant: Tenant;
  readonly mattermost: Mattermost;
  /** Past the pooler, if the run has one. */
  readonly databaseUrl: string | undefined;
  readonly environment: Environment;
  /**
   * Runs `serve`. @param home its own folder, with DATA_DIR in it; one that died leaves its folder
   * to the next of that name
   * @param program the main.js of another release
   */
  start(home?: string, more?: Environment, program?: string): Service;
  /** Runs a command to its end. */
  run(args: readonly string[], more?: Environment): Promise<CommandResult>;
  /**
   * Waits until `count` different deliveries have arrived, or the time is over. @returns how many
   * arrived
   */
  arrived(count: number, waitMs?: number): Promise<number>;
  /** How many posts were repetitions. */
  repeated(): number;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WorldOptions {
  readonly database: DatabaseKind;
  readonly tenant?: TenantOptions;
  readonly mattermost?: MattermostOptions;
  /** Beyond the three variables and what keeps the tests on loopback. */
  readonly environment?: Environment;
}

/** Must be called within a test; everything ends with it. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const tenant = await startTenant(options.tenant);
  onTestFinished(() => tenant.close());
  const mattermost = await startMattermost(options.mattermost);
  onTestFinished(() => mattermost.close());
  const database = options.database === 'postgres' ? await createTestDatabase() : undefined;
  if (database) onTestFinished(() => database.drop());
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-world-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const environment: Environment = {
    PATH: process.env.PATH ?? '',
    DEEPINSTINCT_URL: tenant.url,
    TOKENS_KEY: tenant.token,
    MATTERMOST_WEBHOOK_URL: mattermost.hookUrl,
    SINK_RATE: 'off',
    STORM: 'off',
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(directory, 'data'),
    ...(database && environmentOf(database)),
    ...options.environment,
  };
  const launch = (args: readonly string[], more: Environment, program = builtFile('main.ts')) => {
    const env = { ...environment, ...more };
    const child = spawn(process.execPath, [program, ...args], {
      env,
      cwd: directory,
      stdio: 'pipe',
    });
    onTestFinished(() => endProcess(child, 'SIGKILL').then(() => undefined));
    return child;
  };
  return {
    tenant,
    mattermost,
    databaseUrl: database?.directUrl,
    environment,
    start: (home = 'data', more = {}, program) =>
      serviceOf(launch(['serve'], { DATA_DIR: join(directory, home), ...more }, program)),
    run: (args, more = {}) => resultOf(launch(args, more)),
    async arrived(count, waitMs = 60_000) {
      await until(() => mattermost.deliveries.size >= count, waitMs);
      return mattermost.deliveries.size;
    },
    repeated: () => [...mattermost.deliveries.values()].reduce((sum, times) => sum + times - 1, 0),
  };
}

function serviceOf(child: ChildProcess): Service {
  const startedAt = performance.now();
  const log: LogLine[] = [];
  const address = new Promise<string>((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it listened: ${JSON.stringify(log)}`)),
    );
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (text) => {
        const line = parsed(text);
        log.push(line);
        if (line.msg === 'tocsin started') resolve(String(line.address));
      });
    }
  });
  address.catch(() => undefined);
  const get = async (path: string) => {
    const answer = await fetch(`${await address}${path}`, { signal: AbortSignal.timeout(5000) });
    return { status: answer.status, body: await answer.text() };
  };
  return {
    child,
    log,
    address,
    get,
    async ready() {
      await address;
      if (!(await until(async () => (await get('/readyz')).status === 200, 30_000)))
        throw new Error(`not ready after 30 s: ${JSON.stringify(log.slice(-5))}`);
      return performance.now() - startedAt;
    },
    async metric(series) {
      const { body } = await get('/metrics');
      const line = body.split('\n').find((one) => one.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    end: (signal) => endProcess(child, signal),
  };
}

function parsed(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    // Its last output must be read too.
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }
  return child.exitCode;
}

async function resultOf(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}

/**
 * By what factor a test waits longer before it gives up, for machines that are busy; set by the
 * configuration of the run.
 */
export const patience = Number(process.env.PATIENCE ?? 1);

/**
 * Asks every 20 ms. @param waitMs until it gives up, on a quiet machine @returns whether it came
 * true in time
 */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  waitMs: number,
): Promise<boolean> {
  const endMs = performance.now() + waitMs * patience;
  for (;;) {
    if (await isTrue()) return true;
    if (performance.now() > endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
