import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtFile } from './support/built.ts';

const token = 'key-of-the-console';

let directory: string;
let console_: Server;
let answer = { status: 200, body: '{"last_id":null,"events":[]}' };
const keys: (string | undefined)[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-main-'));
  keys.length = 0;
  console_ = createServer((request, response) => {
    keys.push(request.headers.authorization);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  console_.listen(0, '127.0.0.1');
  await once(console_, 'listening');
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  console_.closeAllConnections();
  console_.close();
  await once(console_, 'close');
});

async function tocsin(argv: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [builtFile('main.ts'), ...argv], { cwd: directory, env });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

const yaml = () => {
  const { port } = console_.address() as AddressInfo;
  return `
sources: { di: { type: deepinstinct_events, url: "http://127.0.0.1:${port}", token: "\${TOKENS_KEY}" } }
sinks: { lines: { type: stdout } }
`;
};

describe('the tocsin program', () => {
  it('says its version, which is the package’s', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    );
    expect(await tocsin(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('lists its commands, each with its own help', async () => {
    const { code, stdout } = await tocsin(['--help']);
    expect(code).toBe(0);
    const names = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => name ?? '');
    expect(names).toContain('check');
    for (const name of names) {
      const help = await tocsin([name, '--help']);
      expect([help.code, help.stderr]).toEqual([0, '']);
      expect(help.stdout).toContain(`Usage: tocsin ${name}`);
    }
  });

  it('exits with 2 for a command that is not there', async () => {
    const { code, stderr } = await tocsin(['chekc']);
    expect([code, stderr]).toEqual([
      2,
      'tocsin: unknown command "chekc"; did you mean "check"?\nSee tocsin --help.\n',
    ]);
  });

  it('exits with 78 and names each missing variable and where its value comes from', async () => {
    const { code, stderr } = await tocsin(['check']);
    expect(code).toBe(78);
    for (const words of [
      'DEEPINSTINCT_URL is not set',
      'TOKENS_KEY is not set',
      'Settings → Integration & Notification → API Connectors',
      'MATTERMOST_WEBHOOK_URL is not set',
      'Integrations → Incoming Webhooks',
    ]) {
      expect(stderr).toContain(words);
    }
  });

  it('reads .env1 of the folder that it starts in', async () => {
    writeFileSync(join(directory, 'tocsin.yaml'), yaml());
    writeFileSync(
      join(directory, '.env1'),
      `TOKENS_KEY=${token} # the key\nTOCSIN_CONFIG=tocsin.yaml\n`,
    );
    answer = { status: 200, body: '{"last_id":null,"events":[]}' };
    const { code, stdout } = await tocsin(['check']);
    expect(stdout).toContain('ok    source di:');
    expect(code).toBe(0);
    expect(new Set(keys)).toEqual(new Set([token]));
  });

  it('exits with 1 when the console refuses the key, says where to get one, and shows it nowhere', async () => {
    writeFileSync(join(directory, 'tocsin.yaml'), yaml());
    answer = { status: 401, body: '{"msg":"Token has been revoked"}' };
    const { code, stdout, stderr } = await tocsin(['check'], {
      TOKENS_KEY: token,
      TOCSIN_CONFIG: 'tocsin.yaml',
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}source di: .*401.*API Connectors/m);
    expect(stdout + stderr).not.toContain(token);
  });

  it('ends quietly when the reader of its output leaves early', async () => {
    const child = spawn(process.execPath, [builtFile('main.ts'), '--help'], {
      cwd: directory,
      env: {},
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });
});
