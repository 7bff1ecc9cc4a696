// `tocsin demo`: Tocsin between a simulated Deep Instinct and a simulated Mattermost, on loopback,
// in a temporary directory. It reads neither the environment nor .env, so that it can never reach a
// real console or a real channel.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playLive } from '../../simulators/demo/live.ts';
import { playOnce } from '../../simulators/demo/once.ts';
import type { Stage } from '../../simulators/demo/stage.ts';
import { freePort } from '../../simulators/loopback.ts';
import { type Mattermost, startMattermost } from '../../simulators/mattermost/index.ts';
import { startTenant, type Tenant } from '../../simulators/tenant/index.ts';
import { type Command, type CommandIo, UsageError } from '../cli/command.ts';
import { type Config, loadConfig } from '../config/index.ts';
import { createLogger } from '../observe/log.ts';
import { token } from '../operations/index.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { withOperations } from '../service/operate.ts';
import { type Service, startService } from '../service/start.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

export interface DemoDependencies {
  startService(
    ...of: Parameters<typeof startService>
  ): Promise<Pick<Service, 'address' | 'ready' | 'stop'>>;
  /** How long `--once` waits for everything to arrive. */
  readonly onceWaitMs: number;
}

/** The streams' ids do not overlap, so that the number on a card says which event it is. */
const firstIds = { events: 17_544, suspicious: 14_539 };
const postsKept = 1000;
const logLinesKept = 5;

export function createDemo(deps: DemoDependencies): Command {
  return {
    details:
      'Tocsin between a simulated Deep Instinct and a simulated Mattermost. Runs on this machine alone, in a temporary directory, until Ctrl-C. Needs no account, ' +
      'no database and no network; ignores the environment and .env.',
    options: {
      once: {
        type: 'boolean',
        help: 'Deliver 40 events, print them as a table, exit; 1 if not all arrived in 60 s',
      },
      port: {
        type: 'string',
        value: '<port>',
        help: 'Port of the page that shows the channel; default any free one',
      },
    },
    async run({ values }, io) {
      const port = portOf(values.port);
      if (values.once !== true) {
        await onStage(deps, io, {
          environment: {},
          hasBot: true,
          onLogLine: (line) => io.stderr(line),
          play: (stage) => playLive(stage, port),
        });
        return exitCodes.done;
      }
      const isFine = await onStage(deps, io, {
        // Each of the 40 events gets a card of its own.
        environment: { STORM: 'off' },
        hasBot: false,
        onLogLine() {},
        play: (stage) => playOnce(stage, deps.onceWaitMs),
      });
      return isFine ? exitCodes.done : exitCodes.failed;
    },
  };
}

function portOf(value: unknown): number {
  if (value === undefined) return 0;
  if (/^\d{1,5}$/.test(String(value)) && Number(value) <= 65_535) return Number(value);
  throw new UsageError(`--port "${value}" is no port; give a number from 0 to 65535.`);
}

interface Play<Result> {
  /** Beside what {@link configOf} sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** A bot posts, whose cards follow what becomes of their events; else a webhook. */
  readonly hasBot: boolean;
  onLogLine(line: string): void;
  play(stage: Stage): Promise<Result>;
}

/** Starts everything, plays, and takes everything down again, whatever happened. */
async function onStage<Result>(
  deps: DemoDependencies,
  io: CommandIo,
  { environment, hasBot, onLogLine, play }: Play<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-demo-'));
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  process.once('exit', removeDirectory).once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const closing: (() => Promise<void>)[] = [];
  try {
    const tenant = await startTenant({ seed: Date.now() % 100_000, firstIds });
    closing.push(() => tenant.close());
    const mattermost = await startMattermost({ postsKept });
    closing.push(() => mattermost.close());
    const analyst = mattermost.addUser('ana', { channels: [channel] });
    const bot = hasBot ? await botOf(tenant, mattermost, directory) : {};
    const config = configOf(tenant, mattermost, directory, { ...environment, ...bot });
    const logLines: string[] = [];
    const destination = { write: (line: string) => onLogLine(kept(logLines, line)) };
    const log = createLogger({ level: config.logLevel, secrets: config.secrets, destination });
    io.stdout('Starting the embedded database, which takes a few seconds.\n');
    const onFatal = (error: Error) => abort.abort(error);
    const tocsin = await deps.startService(config, { log, version: io.version, onFatal });
    closing.push(() => tocsin.stop());
    return await play({
      tenant,
      mattermost,
      analyst,
      tocsin,
      signIn: signInTo(config, tocsin),
      directory,
      logLines,
      ending: abort.signal,
      say: (text) => io.stdout(text),
      complain: (text) => io.stderr(text),
    });
  } finally {
    for (const close of closing.reverse()) await close();
    process.off('exit', removeDirectory).off('SIGINT', onSignal).off('SIGTERM', onSignal);
    removeDirectory();
  }
}

/**
 * Signs in with a token that is made at the first call: until then, the page answers without one,
 * and only shows things.
 */
function signInTo(config: Config, { address, ready }: Pick<Service, 'address' | 'ready'>) {
  let made: Promise<string> | undefined;
  const make = async () => {
    await ready;
    const request = { name: 'demo', role: 'admin', expires: '1d' } as const;
    return await withOperations(config, { stderr() {} }, async (run) => {
      return (await run(token.create, request)).token;
    });
  };
  return async () => {
    made ??= make();
    const body = new URLSearchParams({ token: await made });
    const headers = { origin: address };
    const sent = { method: 'POST', body, headers, redirect: 'manual' } as const;
    const cookie = (await fetch(`${address}/login`, sent)).headers.get('set-cookie');
    if (cookie === null) throw new Error('Tocsin began no session; its log says why.');
    return cookie;
  };
}

/** Adds the line to the newest ones. @returns the line */
function kept(newest: string[], line: string): string {
  newest.push(line);
  if (newest.length > logLinesKept) newest.shift();
  return line;
}

/** Of the simulated Mattermost, as its first hook has it. */
const channel = 'security-alerts';

/** A file that lets a bot post and follows later changes, and the variables that go with it. */
async function botOf(tenant: Tenant, mattermost: Mattermost, directory: string) {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const bot = mattermost.addBot('tocsin', { channels: [channel] });
  const command = mattermost.addCommand('tocsin', `${address}/chat/soc/command`);
  const console = { url: tenant.url, token: tenant.token };
  const soc = {
    type: 'mattermost_bot',
    url: mattermost.url,
    token: bot.token,
    channel: `${mattermost.team.name}/${channel}`,
    people: 'members',
    command_token: command.token,
  };
  const file = join(directory, 'tocsin.yaml');
  const content = {
    sources: {
      events: { type: 'deepinstinct_events', ...console },
      suspicious: { type: 'deepinstinct_suspicious_events', ...console },
      // Many more requests than a real console should get: nobody waits for minutes at a demo.
      changes: { type: 'deepinstinct_changes', ...console, budget: 600 },
    },
    sinks: { soc },
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return { TOCSIN_CONFIG: file, PORT: String(port), PUBLIC_URL: address };
}

/** Exactly these variables, and a directory in which there is no .env. */
function configOf(
  tenant: Tenant,
  mattermost: Mattermost,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Config {
  const farEnds = {
    DEEPINSTINCT_URL: tenant.url,
    TOKENS_KEY: tenant.token,
    MATTERMOST_WEBHOOK_URL: mattermost.hookUrl,
  };
  const env = {
    ...(environment.TOCSIN_CONFIG === undefined && farEnds),
    POLLING_INTERVAL: '1',
    DATA_DIR: join(directory, 'data'),
    EMBEDDED: '1',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
    ...environment,
  };
  return loadConfig({ env, directory, registries: { sources, sinks } });
}

export const command = createDemo({ startService, onceWaitMs: 60_000 });
