// `tocsin demo` as a user runs it: a process of its own, on any machine, that touches nothing but
// loopback and leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandIo, UsageError } from '../../src/cli/command.ts';
import { createDemo, type DemoDependencies } from '../../src/commands/demo.ts';
import type { Config } from '../../src/config/index.ts';
import { builtFile } from '../support/built.ts';

let home: string;
let temporary: string;
let tmpdirBefore: string | undefined;
const ending: (() => void)[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tocsin-test-'));
  temporary = join(home, 'tmp');
  mkdirSync(temporary);
  tmpdirBefore = process.env.TMPDIR;
});
afterEach(() => {
  if (tmpdirBefore === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = tmpdirBefore;
  for (const end of ending.splice(0)) end();
  rmSync(home, { recursive: true, force: true });
});

/** Stands where a real hook, console or proxy would. */
async function startTrap(): Promise<{ address: string; requests: string[] }> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end('ok');
  });
  server.on('connect', (request, socket) => {
    requests.push(`CONNECT ${request.url}`);
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

interface Run {
  readonly child: ChildProcess;
  readonly out: { stdout: string; stderr: string };
  readonly exit: Promise<number | null>;
}

function run(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [builtFile('main.ts'), 'demo', ...args], {
    cwd: home,
    env: { ...process.env, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  ending.push(() => child.kill('SIGKILL'));
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    out.stderr += text;
  });
  return { child, out, exit: new Promise((resolve) => child.once('close', resolve)) };
}

async function until<Value>(
  find: () => Promise<Value | undefined> | Value | undefined,
  ms: number,
): Promise<Value> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the demo as a process', () => {
  it('delivers 40 events once each, exits 0, and touches nothing that the environment or .env names', async () => {
    const trap = await startTrap();
    const variables = {
      DEEPINSTINCT_URL: trap.address,
      TOKENS_KEY: 'not-for-the-demo',
      MATTERMOST_WEBHOOK_URL: `${trap.address}/hooks/notforthedemo`,
      DATABASE_URL: `postgres://nobody@127.0.0.1:${new URL(trap.address).port}/nothing`,
      HTTP_PROXY: trap.address,
      HTTPS_PROXY: trap.address,
      TOCSIN_CONFIG: 'missing.yaml',
      PORT: '1',
      MIN_SEVERITY: 'CRITICAL',
    };
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(home, '.env'), lines.join(''));
    const { out, exit } = run(['--once'], variables);
    expect(await exit, out.stderr).toBe(0);
    expect(out.stdout).toMatch(/^ID +SEVERITY +TYPE +DEVICE +DELIVERED$/m);
    expect(
      out.stdout.match(
        /^\d{5} +(?:CRITICAL|HIGH|MEDIUM|LOW|INFO|UNKNOWN) +\w+ .* after \d+\.\d s$/gm,
      ),
    ).toHaveLength(40);
    expect(out.stdout).toContain('40 events, 40 delivered, each once.');
    expect(out.stderr).toBe('');
    expect(trap.requests).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(home).sort()).toEqual(['.env', 'tmp']);
  });

  it('shows the channel on a page that fills by itself, and ends on Ctrl-C with nothing left', async () => {
    const { child, out, exit } = run([]);
    const page = await until(
      () => /Open this +(http:\/\/127\.0\.0\.1:\d+)/.exec(out.stdout)?.[1],
      60_000,
    );
    const html = await until(async () => {
      const text = await (await fetch(page)).text();
      return text.includes('Suspicious Event ID') ? text : undefined;
    }, 60_000);
    expect(html).toContain('fill="#');
    const tocsin = /Tocsin +(http:\/\/127\.0\.0\.1:\d+)/.exec(out.stdout)?.[1];
    expect((await fetch(`${tocsin}/healthz`)).status).toBe(200);
    expect(html).toContain(`href="${tocsin}/metrics"`);
    expect(readdirSync(temporary)).toHaveLength(1);
    child.kill('SIGINT');
    expect(await exit, out.stderr).toBe(0);
    expect(out.stderr).toBe('');
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('a demo that cannot work', () => {
  const said = { stdout: '', stderr: '' };
  const io: CommandIo = {
    env: {},
    directory: '/nowhere',
    version: '0',
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
  };
  beforeEach(() => {
    said.stdout = '';
    said.stderr = '';
    process.env.TMPDIR = temporary;
  });
  const hookOf = (config: Config) => (config.sinks[0]!.settings as { url: string }).url;
  const idle = { address: 'http://127.0.0.1:1', ready: Promise.resolve(), stop: async () => {} };
  const demo = (
    startService: DemoDependencies['startService'],
    values: Record<string, string | boolean>,
  ) => createDemo({ startService, onceWaitMs: 200 }).run({ values, positionals: [] }, io);

  it('says how far it came, what the hook answered and what Tocsin warned of, and exits 1', async () => {
    const exit = await demo(
      async (config, { log }) => {
        log.warn({ sink: 'soc' }, 'the far end is slow');
        await fetch(hookOf(config), { method: 'POST', body: '{}' });
        return idle;
      },
      { once: true },
    );
    expect(exit).toBe(1);
    expect(said.stdout.match(/not yet$/gm)).toHaveLength(40);
    expect(said.stderr).toContain('0 of 40 events arrived within 0.2 s');
    expect(said.stderr).toContain('The hook answered 400 (1 times).');
    expect(said.stderr).toContain('the far end is slow');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('says so when an event came twice', async () => {
    const exit = await demo(
      async (config) => {
        const ids = Array.from({ length: 40 }, (_, index) =>
          index < 24 ? 17_544 + index : 14_515 + index,
        );
        for (const id of [17_544, ...ids]) {
          const body = JSON.stringify({
            attachments: [{ title: `Event ID ${id}` }],
          });
          await fetch(hookOf(config), { method: 'POST', body });
        }
        return idle;
      },
      { once: true },
    );
    expect(exit).toBe(1);
    expect(said.stderr).toContain('40 of 40 events arrived within 0.2 s, 1 of them more than once');
  });

  it.each([{ once: true }, {}])(
    'fails with the cause and leaves nothing when the service breaks: %j',
    async (values) => {
      const starting = demo(async (_config, { onFatal }) => {
        setTimeout(() => onFatal?.(new Error('the disk is full')), 20);
        return idle;
      }, values);
      await expect(starting).rejects.toThrow('the disk is full');
      expect(readdirSync(temporary)).toEqual([]);
    },
  );

  it('leaves nothing when the service does not even start', async () => {
    const starting = demo(async () => {
      throw new Error('no memory for the database');
    }, {});
    await expect(starting).rejects.toThrow('no memory for the database');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('refuses a port that is none, and says that one is taken', async () => {
    const trap = await startTrap();
    await expect(demo(async () => idle, { port: '70000' })).rejects.toThrow(UsageError);
    await expect(demo(async () => idle, { port: new URL(trap.address).port })).rejects.toThrow(
      'EADDRINUSE',
    );
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('hands the service loopback addresses alone, and a directory of its own', async () => {
    let seen = '';
    await demo(
      async (config) => {
        // Its registries hold examples for people.
        const { registries: _, ...ground } = config.ground;
        seen = JSON.stringify({ ...config, ground });
        expect(config.host).toBe('127.0.0.1');
        expect(config.databaseUrl).toBeUndefined();
        expect(config.dataDir.startsWith(temporary)).toBe(true);
        expect(config.proxy).toEqual({});
        return idle;
      },
      { once: true },
    );
    expect(seen.match(/https?:\/\/(?!127\.0\.0\.1)[^"]*/g)).toBeNull();
  });
});
