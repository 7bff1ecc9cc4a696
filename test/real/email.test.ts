// The sink email against Postfix, which wants a login: what lies in the mailbox, and what it refuses.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ParsedMail, simpleParser } from 'mailparser';
import { expect, test, vi } from 'vitest';
import { adapterError } from '../contract/adapter-cases.ts';
import { syntaxes } from '../contract/syntaxes/index.ts';
import { context, sinkOf, trustEverything } from '../sinks/email/mail-server.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { hostileEvent } from './hostile.ts';
import { describeReal, findProgram, RealServer, serverFolder } from './real-server.ts';

const login = { tls: 'starttls', username: 'tocsin', password: 'hunter2-hunter2' };
const pem = (name: string) =>
  fileURLToPath(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url));

const idOf = (flag: string, name: string) =>
  Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);

/** Has mailboxes for soc and ana, and no time for busy@example.com. */
async function startPostfix() {
  const folder = serverFolder('postfix');
  chmodSync(folder, 0o755);
  const [port, securePort] = [await closedPort(), await closedPort()];
  const owner = idOf('-u', 'postfix');
  const group = idOf('-g', 'postfix');
  for (const name of ['queue', 'data', 'mail', 'sasl']) mkdirSync(join(folder, name));
  for (const name of ['data', 'mail']) chownSync(join(folder, name), owner, group);
  const users = join(folder, 'users');
  spawnSync(findProgram('saslpasswd2')!, ['-p', '-c', '-f', users, '-u', 'example.com', 'tocsin'], {
    input: login.password,
  });
  chownSync(users, owner, group);
  writeFileSync(
    join(folder, 'sasl', 'smtpd.conf'),
    `pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: ${users}
mech_list: PLAIN LOGIN
`,
  );
  const settings = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    ...{ daemon_directory: '/usr/lib/postfix/sbin', command_directory: '/usr/sbin' },
    // It cannot open a socket, as which Node gives it the standard output.
    ...{ maillog_file: join(folder, 'log'), maillog_file_prefixes: folder },
    ...{ inet_protocols: 'ipv4', inet_interfaces: 'loopback-only' },
    ...{ myhostname: 'mail.example.com', mydestination: '', alias_maps: '' },
    virtual_mailbox_domains: 'example.com',
    virtual_mailbox_base: join(folder, 'mail'),
    virtual_mailbox_maps: 'inline:{ soc@example.com=soc/, ana@example.com=ana/ }',
    ...{ virtual_uid_maps: `static:${owner}`, virtual_gid_maps: `static:${group}` },
    ...{ virtual_minimum_uid: '1', virtual_mailbox_limit: '0' },
    ...{ smtpd_tls_cert_file: pem('certificate'), smtpd_tls_key_file: pem('key') },
    ...{ smtpd_tls_security_level: 'may', smtpd_tls_auth_only: 'yes' },
    ...{ smtpd_sasl_auth_enable: 'yes', smtpd_sasl_local_domain: 'example.com' },
    cyrus_sasl_config_path: join(folder, 'sasl'),
    smtpd_recipient_restrictions:
      'check_recipient_access inline:{ { busy@example.com = 450 4.2.1 not now } }, reject_unlisted_recipient, permit_sasl_authenticated, reject',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(folder, 'main.cf'), lines.join(''));
  const internal = ['rewrite', 'bounce', 'defer', 'trace', 'error', 'retry', 'virtual'];
  const programs: Readonly<Record<string, string>> = {
    ...{ rewrite: 'trivial-rewrite', defer: 'bounce', trace: 'bounce', retry: 'error' },
  };
  writeFileSync(
    join(folder, 'master.cf'),
    [
      `127.0.0.1:${port} inet n - n - - smtpd`,
      `127.0.0.1:${securePort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes`,
      'cleanup unix n - n - 0 cleanup',
      'qmgr unix n - n 300 1 qmgr',
      'tlsmgr unix - - n 1000? 1 tlsmgr',
      'proxymap unix - - n - - proxymap',
      'anvil unix - - n - 1 anvil',
      'postlog unix-dgram n - n - 1 postlogd',
      ...internal.map((name) => `${name} unix - n n - - ${programs[name] ?? name}`),
      '',
    ].join('\n'),
  );
  // Makes the folders of its queue, without which it takes itself for one that runs already.
  spawnSync(findProgram('postfix')!, ['-c', folder, 'check']);
  const server = new RealServer({
    // By its own script it would not be in the group that is killed.
    program: '/usr/lib/postfix/sbin/master',
    args: ['-c', folder, '-s'],
    env: { MAIL_CONFIG: folder },
    isReady: () => sinkOf(port).check!(context.signal),
  });
  await server.start();
  const box = join(folder, 'mail');
  const mails = async (user: string, count: number) => {
    const place = join(box, user, 'new');
    await vi.waitFor(() => expect(readdirSync(place)).toHaveLength(count), { timeout: 60_000 });
    return Promise.all(
      readdirSync(place)
        .toSorted()
        .map((name) => simpleParser(readFileSync(join(place, name)))),
    );
  };
  return { port, securePort, server, mails };
}

const needs = { programs: ['postfix', 'saslpasswd2'], isRoot: true };

describeReal('Postfix', needs, () => {
  test('delivers each mail as it was sent, and those of before its death', async () => {
    trustEverything();
    const { port, securePort, server, mails } = await startPostfix();
    const sink = sinkOf(port, login);
    const { tested } = await sink.inspect!(context.signal, []);
    expect(tested).toContain('over TLS, and takes the login');
    await sink.send(messageOf(hostileEvent(), {}, sink), context);
    const [mail] = await mails('soc', 1);
    expect(mail!.messageId).toMatch(/^<soc-1\..*@example\.com>$/);
    expect(mail!.headers.get('x-tocsin-delivery')).toBe('soc-1');
    expect([mail!.headers.has('bcc'), mail!.headers.has('cc')]).toEqual([false, false]);
    expect(mail!.text).toContain('<script>alert(1)</script>');
    const implicit = sinkOf(securePort, { ...login, tls: 'implicit' });
    const harmless = messageOf(storedEvent(), {}, sink);
    await implicit.send(harmless, { ...context, deliveryId: 'soc-2' });
    const activeIn = ({ html }: ParsedMail) => new Set(syntaxes.html(String(html)).active);
    const both = (await mails('soc', 2)).map(activeIn);
    expect(both[0]).toEqual(both[1]);

    await sink.send(harmless, { ...context, deliveryId: 'soc-3' });
    await server.kill();
    const away = await adapterError(sink.send(harmless, { ...context, deliveryId: 'soc-4' }));
    expect(away).toMatchObject({ outcome: 'retry' });
    await server.start();
    await sink.send(harmless, { ...context, deliveryId: 'soc-4' });
    const ids = (await mails('soc', 4)).map(({ headers }) => headers.get('x-tocsin-delivery'));
    expect(ids.toSorted()).toEqual(['soc-1', 'soc-2', 'soc-3', 'soc-4']);
  });

  test('says what is wrong, and who of several has it already', async () => {
    const { port, mails } = await startPostfix();
    const message = messageOf(storedEvent());
    const failing = (settings: object) =>
      adapterError(sinkOf(port, { ...login, ...settings }).send(message, context));
    const config = { outcome: 'reject_sink', reason: 'bad_config' };
    expect((await failing({})).message).toContain('is not trusted');
    trustEverything();
    const auth = { outcome: 'reject_sink', reason: 'auth' };
    expect(await failing({ password: 'wrong' })).toMatchObject(auth);
    expect(await failing({ username: 'nobody' })).toMatchObject(auth);
    // In clear it offers no login.
    expect(await failing({ tls: 'none' })).toMatchObject({ outcome: 'reject_sink' });
    const nobody = { username: undefined, password: undefined };
    expect(await failing(nobody)).toMatchObject({ outcome: 'reject_sink' });
    expect(await failing({ to: ['absent@example.com'] })).toMatchObject(config);
    expect(await failing({ to: ['busy@example.com'] })).toMatchObject({ outcome: 'retry' });
    const several = sinkOf(port, { ...login, to: ['soc@example.com', 'busy@example.com'] });
    for (const attempt of [1, 2])
      expect(await adapterError(several.send(message, { ...context, attempt }))).toMatchObject({
        outcome: 'retry',
      });
    const some = sinkOf(port, { ...login, to: ['ana@example.com', 'absent@example.com'] });
    expect(await adapterError(some.send(message, context))).toMatchObject({
      outcome: 'reject_event',
    });
    await mails('ana', 1);
    await mails('soc', 1);
  });
});
