// The sink syslog against rsyslog, where that is installed: what it reads is what was sent, in clear
// and over TLS, and the end of the connection says so.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { syslog } from '../../src/sinks/syslog/index.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { readCef } from '../sinks/syslog/receiver.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const isThere = spawnSync('rsyslogd', ['-v']).status === 0;
const driver = ['ossl', 'gtls'].find((name) =>
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].some(
    (folder) => existsSync(`${folder}/rsyslog/lmnsd_${name}.so`),
  ),
);
const pem = (name: string) =>
  fileURLToPath(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url));

const tls = `global(DefaultNetstreamDriver="${driver}" DefaultNetstreamDriverCAFile="${pem('certificate')}"
  DefaultNetstreamDriverCertFile="${pem('certificate')}" DefaultNetstreamDriverKeyFile="${pem('key')}")`;

/** @returns its port, and what it wrote so far: id of the delivery and message, a line each */
async function startRsyslog(isSecure: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-rsyslog-'));
  chmodSync(folder, 0o700);
  const port = await closedPort();
  const file = join(folder, 'out');
  const mode = isSecure ? 'StreamDriver.Mode="1" StreamDriver.AuthMode="anon"' : '';
  writeFileSync(
    join(folder, 'conf'),
    `${isSecure ? tls : ''}
global(workDirectory="${folder}" parser.escapeControlCharactersOnReceive="on")
module(load="imtcp" ${mode})
template(name="t" type="string" string="%structured-data% %syslogseverity-text% %msgid% %msg%\\n")
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="r")
ruleset(name="r") { action(type="omfile" file="${file}" template="t") }
`,
  );
  const server = spawn('rsyslogd', ['-n', '-f', join(folder, 'conf'), '-i', join(folder, 'pid')]);
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  onTestFinished(async () => {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });
  const lines = () =>
    existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return { port, lines, said: () => said };
}

const context = { attempt: 1, signal: new AbortController().signal };

describe.skipIf(!isThere)('rsyslog', () => {
  test.each(['tcp', 'tls'] as const)('reads over %s what was sent', async (transport) => {
    if (transport === 'tls' && driver === undefined) return;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    const { port, lines, said } = await startRsyslog(transport === 'tls');
    const formats = ['plain', 'json', 'cef'] as const;
    const sinkOf = (format: string) =>
      syslog.create(
        syslog.config.parse({ host: '127.0.0.1', port, transport, format }),
        adapterContext(),
      );
    await vi.waitFor(() => sinkOf('cef').check!(context.signal), { timeout: 30_000 });
    const event = storedEvent({ type: 'a "quoted" ] \\ type' });
    for (const format of formats)
      await sinkOf(format).send(messageOf(event), { ...context, deliveryId: `soc-${format}` });
    await vi.waitFor(() => expect(lines(), said()).toHaveLength(3), { timeout: 30_000 });
    const [plain, json, cef] = formats.map((format) => {
      const line = lines().find((one) => one.includes(`delivery="soc-${format}"`))!;
      return line.slice(line.indexOf('] err event ') + '] err event '.length);
    });
    expect(plain).toMatch(/^🟠 HIGH · Ransomware on ACCT-PC-07/u);
    expect(JSON.parse(json!)).toMatchObject({ id: 4711, body: event.body });
    expect(readCef(cef!).extension).toMatchObject({
      cat: event.type,
      fileHash: event.body.file!.hash,
    });
  });
});
