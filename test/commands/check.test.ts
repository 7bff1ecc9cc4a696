import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandTable, entry } from '../../src/cli/command.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { createCheck } from '../../src/commands/check.ts';
import type { Registries } from '../../src/config/index.ts';
import type { AdapterContext } from '../../src/kit/adapter.ts';
import { AdapterError } from '../../src/kit/errors.ts';
import { createHttpClient, type HttpClient } from '../../src/kit/http/index.ts';

const now = Date.parse('2026-03-01T00:00:00Z');
const token = 'key-of-the-console';

let directory: string;
let server: Server;
let status = 200;
const requests: string[] = [];
let clientsOpen = 0;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-check-'));
  requests.length = 0;
  status = 200;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(clientsOpen).toBe(0);
});

const settings = z.strictObject({ url: z.string(), token: z.string() });
type Settings = z.output<typeof settings>;

/** Asks the far end as a real adapter would, and tells a secret that it should not. */
async function ask(
  config: Settings,
  context: AdapterContext,
  signal: AbortSignal,
): Promise<undefined> {
  const answer = await context.http.request({ method: 'GET', url: config.url, signal });
  if (answer.status === 200) return undefined;
  throw new AdapterError(
    'reject_sink',
    'auth',
    `127.0.0.1 answered ${answer.status} to ${config.token}.\nReplace it`,
  );
}

const shared = { config: settings, example: { url: 'u', token: 't' }, secrets: ['token'] as const };
const registries: Registries = {
  sources: {
    asked: {
      type: 'asked',
      ...shared,
      create: (config: Settings, context: AdapterContext) => ({
        kind: 'poll',
        poll: () => Promise.reject(new Error('check must not poll')),
        check: (signal: AbortSignal) => ask(config, context, signal),
        credentialExpiresAt: () =>
          config.url.includes('expires=') ? Number(config.url.split('expires=')[1]) : undefined,
      }),
    },
  },
  sinks: {
    asked: {
      type: 'asked',
      ...shared,
      create: (config: Settings, context: AdapterContext) => ({
        origin: 'http://127.0.0.1',
        send: () => Promise.reject(new Error('check must not post')),
        check: (signal: AbortSignal) => ask(config, context, signal),
      }),
    },
    frank: {
      type: 'frank',
      config: z.strictObject({}),
      routeSettings: z.strictObject({ channel: z.string().optional() }),
      example: {},
      secrets: [],
      create: () => ({
        origin: 'frank:',
        send: () => Promise.reject(new Error('check must not post')),
        inspect: async (_signal: AbortSignal, settings: readonly unknown[]) => ({
          tested: 'answers. Not tried: the name',
          remarks: settings.map((one) => `was told ${JSON.stringify(one)}`),
        }),
      }),
    },
    mute: {
      type: 'mute',
      config: z.strictObject({}),
      example: {},
      secrets: [],
      create: () => ({
        origin: 'mute:',
        send: () => Promise.reject(new Error('check must not post')),
      }),
    },
  },
};

function createHttp(): HttpClient {
  const client = createHttpClient();
  clientsOpen++;
  return {
    request: client.request,
    async close() {
      clientsOpen--;
      await client.close();
    },
  };
}

async function check(yaml: string, argv: string[] = [], env: Record<string, string> = {}) {
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  const output = { stdout: '', stderr: '' };
  const command = createCheck({ registries, createHttp, now: () => now });
  const table: CommandTable = { check: entry('Tries everything', command) };
  const code = await dispatch(['check', ...argv], table, {
    env: { TOCSIN_CONFIG: 'tocsin.yaml', TOKEN: token, HOST: '127.0.0.1', PORT: '0', ...env },
    directory,
    version: '1.2.3',
    stdout: (text) => {
      output.stdout += text;
    },
    stderr: (text) => {
      output.stderr += text;
    },
  });
  return { code, ...output };
}

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const yamlFor = (query = '') => `
sources: { console: { type: asked, url: "${address()}/source${query}", token: "\${TOKEN}" } }
sinks: { soc: { type: asked, url: "${address()}/sink", token: "\${TOKEN}" }, lines: { type: mute } }
`;

describe('tocsin check', () => {
  it('asks every source and sink, says so line by line, and gives 0', async () => {
    expect(await check(yamlFor())).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'ok    address: any port of 127.0.0.1 is free to listen on',
        `ok    database: DATA_DIR (${join(directory, 'data')}): the first start makes it`,
        'ok    source console: answers, and accepts what it is configured with',
        'ok    sink soc: answers, and accepts what it is configured with',
        'ok    sink lines: has nothing to try out',
        '',
      ].join('\n'),
    });
    expect(requests.sort()).toEqual(['GET /sink', 'GET /source']);
  });

  it('says of a sink what was tried and what was not, and warns of what routes say in vain', async () => {
    const yaml = `
sources: { console: { type: asked, url: "${address()}/source", token: "\${TOKEN}" } }
sinks: { soc: { type: frank } }
routes:
  - { name: all, to: [{ sink: soc, channel: nowhere }] }
`;
    const { code, stdout } = await check(yaml);
    expect(stdout).toContain('ok    sink soc: answers. Not tried: the name\n');
    expect(stdout).toContain('warn  sink soc: was told {"channel":"nowhere"}\n');
    expect(code).toBe(0);
  });

  it('warns of what is odd about the policy, with its place, and gives 0', async () => {
    const yaml = `${yamlFor().trim()}
routes:
  - { name: all, continue: false, to: [soc, lines] }
  - { name: grave, match: { min_severity: HIGH }, to: [soc] }
`;
    const { code, stdout } = await check(yaml);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^warn {2}policy shadowed_route: tocsin\.yaml:5:5 routes\[1\] never takes anything: .* remove this one\.$/m,
    );
    const json = JSON.parse((await check(yaml, ['--json'])).stdout);
    expect(json.ok).toBe(true);
    expect(json.findings).toContainEqual({
      status: 'warn',
      kind: 'policy',
      id: 'shadowed_route',
      where: 'tocsin.yaml:5:5 routes[1]',
      text: expect.stringContaining('never takes anything'),
    });
  });

  it('says for each what fails and what to do, on one line without the secret, and gives 1', async () => {
    status = 401;
    const { code, stdout } = await check(yamlFor());
    expect(code).toBe(1);
    expect(stdout).toContain(
      'FAIL  source console: 127.0.0.1 answered 401 to [secret]. Replace it\n',
    );
    expect(stdout).toContain('FAIL  sink soc: 127.0.0.1 answered 401 to [secret]. Replace it\n');
    expect(stdout).not.toContain(token);
  });

  it('fails when the far end cannot be reached', async () => {
    const yaml = yamlFor();
    await new Promise((resolve) => server.close(resolve));
    const { code, stdout } = await check(yaml);
    expect(code).toBe(1);
    expect(stdout.match(/^FAIL/gm)).toHaveLength(2);
    server.listen(0, '127.0.0.1');
  });

  it.each([
    ['2026-03-15T00:00:01Z', 0, undefined],
    [
      '2026-03-10T12:00:00Z',
      0,
      'warn  source console: its credential ends on 2026-03-10, in 9 days. Create a new one and replace it.',
    ],
    [
      '2026-02-28T00:00:00Z',
      1,
      'FAIL  source console: its credential ended on 2026-02-28. Create a new one and replace it.',
    ],
  ])('watches the end of a credential: %s', async (end, code, line) => {
    const result = await check(yamlFor(`?expires=${Date.parse(end)}`));
    expect(result.code).toBe(code);
    if (line === undefined) expect(result.stdout).not.toContain('credential');
    else expect(result.stdout).toContain(`${line}\n`);
  });

  it('says that the port is in use, which is no failure beside a running Tocsin', async () => {
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await check(yamlFor(), [], { PORT: String(port) });
    expect(stdout).toContain(
      `warn  address: another process listens on 127.0.0.1:${port}. That is right if Tocsin runs already. If not, serve could not start: stop that process, or set PORT.\n`,
    );
    expect(code).toBe(0);
  });

  it('leaves the port free for the service', async () => {
    const { port } = server.address() as AddressInfo;
    const yaml = yamlFor();
    await new Promise((resolve) => server.close(resolve));
    const { stdout } = await check(yaml, [], { PORT: String(port) });
    expect(stdout).toContain(`ok    address: 127.0.0.1:${port} is free to listen on\n`);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  });

  it('fails when HOST is no address of this machine', async () => {
    const { code, stdout } = await check(yamlFor(), [], { HOST: '192.0.2.1', PORT: '8080' });
    expect(stdout).toContain(
      'FAIL  address: cannot listen on 192.0.2.1:8080 (EADDRNOTAVAIL). HOST is no address of this machine. Set it to :: for all, or 127.0.0.1 for this machine only.\n',
    );
    expect(code).toBe(1);
  });

  it('shows what looks like a mistake in the configuration', async () => {
    const { code, stdout } = await check(yamlFor(), [], { POLL_INTERVAL: '30' });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'warn  configuration: POLL_INTERVAL means nothing to Tocsin. Did you mean POLLING_INTERVAL?\n',
    );
  });

  it('gives 78 and every problem, and asks nobody, when the configuration is wrong', async () => {
    const { code, stdout, stderr } = await check(yamlFor(), [], { PORT: 'x', LOCALE: 'x' });
    expect(code).toBe(78);
    expect(stdout).toBe('');
    expect(stderr).toContain('the configuration has 2 problems');
    expect(requests).toEqual([]);
  });

  it('prints findings or problems as JSON for programs', async () => {
    status = 500;
    const failed = await check(yamlFor(), ['--json']);
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      ok: false,
      findings: [
        { status: 'ok', kind: 'address', id: '' },
        { status: 'ok', kind: 'database', id: '' },
        { status: 'failed', kind: 'source', id: 'console' },
        { status: 'failed', kind: 'sink', id: 'soc' },
        { status: 'ok', kind: 'sink', id: 'lines' },
      ],
    });
    const refused = await check(yamlFor(), ['--json'], { PORT: 'x' });
    expect(refused.code).toBe(78);
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, problems: [{ where: 'PORT' }] });
    expect(refused.stderr).toBe('');
  });
});
