// The sink syslog against rsyslog: what it reads is what was sent, in clear and over TLS, and the end
// of the connection says so.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openConnection } from '../../src/kit/tcp.ts';
import { syslog } from '../../src/sinks/syslog/index.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { readCef } from '../sinks/syslog/receiver.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { expectHostileRecord, hostileEvent, hostileText } from './hostile.ts';
import { describeReal, program, RealServer, serverFolder } from './real-server.ts';

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
  const folder = serverFolder('rsyslog');
  const port = await closedPort();
  const file = join(folder, 'out');
  const mode = isSecure ? 'StreamDriver.Mode="1" StreamDriver.AuthMode="anon"' : '';
  writeFileSync(
    join(folder, 'conf'),
    `${isSecure ? tls : ''}
global(workDirectory="${folder}" parser.escapeControlCharactersOnReceive="on" maxMessageSize="64k")
module(load="imtcp" ${mode})
template(name="t" type="string" string="%structured-data% %syslogseverity-text% %msgid% %msg%\\n")
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="r")
ruleset(name="r") { action(type="omfile" file="${file}" template="t") }
`,
  );
  const server = new RealServer({
    program: program('rsyslogd'),
    args: ['-n', '-f', join(folder, 'conf'), '-i', join(folder, 'pid')],
    isReady: () =>
      openConnection({ host: '127.0.0.1', port, signal: context.signal }).then((socket) =>
        socket.destroy(),
      ),
  });
  await server.start();
  const lines = () =>
    existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return { port, lines, server };
}

const context = { attempt: 1, signal: new AbortController().signal };

describeReal('rsyslog', { programs: ['rsyslogd'] }, () => {
  test.each(['tcp', 'tls'] as const)('reads over %s what was sent', async (transport) => {
    if (transport === 'tls' && driver === undefined) return;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    const { port, lines, server } = await startRsyslog(transport === 'tls');
    const formats = ['plain', 'json', 'cef'] as const;
    const sinkOf = (format: string) =>
      syslog.create(
        syslog.config.parse({ host: '127.0.0.1', port, transport, format }),
        adapterContext(),
      );
    const send = (format: string, deliveryId: string) =>
      sinkOf(format).send(messageOf(event), { ...context, deliveryId });
    await sinkOf('cef').check!(context.signal);
    const event = hostileEvent({ type: 'a "quoted" ] \\ type' });
    for (const format of formats) await send(format, `soc-${format}`);
    const arrived = (count: number) =>
      vi.waitFor(() => expect(lines(), server.said).toHaveLength(count), { timeout: 30_000 });
    await arrived(3);
    const [plain, json, cef] = formats.map((format) => {
      const line = lines().find((one) => one.includes(`delivery="soc-${format}"`))!;
      return line.slice(line.indexOf('] err event ') + '] err event '.length);
    });
    expect(plain).toMatch(/^🟠 HIGH · Ransomware on .*<script>alert\(1\)<\/script>/u);
    expectHostileRecord({ ...JSON.parse(json!), type: hostileText }, 'soc-json');
    expect(readCef(cef!).extension).toMatchObject({
      cat: event.type,
      fileHash: event.body.file!.hash,
    });

    await server.kill();
    expect(await adapterError(send('json', 'soc-away'))).toMatchObject({ outcome: 'retry' });
    await server.start();
    await send('json', 'soc-back');
    await arrived(4);
    expect(lines()[3]).toContain('delivery="soc-back"');
  });
});
