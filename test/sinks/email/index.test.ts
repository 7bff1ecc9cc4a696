// The sink email against a real SMTP server and a real parser: the suite of all sinks, the two
// bodies, headers that nobody can add to, signing, and refusals of some recipients.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { ParsedMail } from 'mailparser';
import { describe, expect, it, test } from 'vitest';
import type { Message } from '../../../src/kit/sink.ts';
import { email } from '../../../src/sinks/email/index.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { mailReading } from '../../contract/readings.ts';
import { describeSink, skipsWithoutHttp } from '../../contract/sink-suite.ts';
import { expectSoon, grouped, useDigests } from '../../core/deliver/digests-setup.ts';
import { drafts } from '../../store/stored.ts';
import { storedEvent } from '../../support/events.ts';
import { joinedTexts, saidBy, saidFile } from '../../support/said.ts';
import { messageOf } from '../../support/voice.ts';
import { readDkim } from './dkim.ts';
import { context, mailServer, parsed, scriptedServer, sinkOf } from './mail-server.ts';

const { begin, isSettled } = useDigests();

/** Nothing of an event is a header, a tag, or a link of the HTML; nothing is a remote picture. */
function obeyedIn(raw: string): string[] {
  const [head = ''] = raw.split('\r\n\r\n');
  const names = head.split(/\r\n(?![ \t])/).map((line) => line.split(':')[0]!.toLowerCase());
  const known =
    /^(from|to|subject|message-id|date|auto-submitted|x-auto-response-suppress|x-tocsin-delivery|references|x-priority|x-msmail-priority|importance|mime-version|content-type|content-transfer-encoding|dkim-signature)$/;
  const problems = names.filter((name) => !known.test(name)).map((name) => `a header ${name}`);
  if (new Set(names).size !== names.length) problems.push('a header twice');
  if (/[^ -~\r\n\t]/.test(head)) problems.push('a header that is not ASCII');
  return problems;
}

const ownTags =
  /<\/?(?:html|head|meta|style|body|div|h1|span|p|table|tr|th|td|strong|code|pre|a)(?: [^<>]*)?>|<!doctype html>/g;

function foreignMarkup({ html }: ParsedMail): string[] {
  const shown = String(html).replace(/<style>[\s\S]*?<\/style>/, '');
  const links = [...shown.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
  return [
    ...(shown.replace(ownTags, '').match(/<[^>]*>?/g) ?? []),
    ...links.filter(
      (href) => !href.startsWith('https:&#47;') && !href.startsWith('https://console.example/'),
    ),
    ...(shown.match(/<[^>]*(?:\bsrc=|url\()/gi) ?? []),
  ];
}

describeSink(email, {
  async start(temper) {
    if (temper === 'hung')
      return { sink: sinkOf(await scriptedServer({ CONNECT: 'hang' })), received: () => [] };
    const { taken, port } = await mailServer();
    return { sink: sinkOf(port), received: () => taken.map(({ raw }) => raw) };
  },
  ...mailReading,
  skip: {
    ...skipsWithoutHttp('SMTP has no statuses of HTTP, and no headers of its answers'),
    'a far end that hangs is given up and tried again':
      'the time-outs are longer than a test; the caller’s signal ends it, see the abort',
  },
});

async function mailed(
  message: Message = messageOf(storedEvent({ severity: 5 })),
  deliveryId = context.deliveryId,
): Promise<ParsedMail> {
  const { taken, port } = await mailServer();
  await sinkOf(port).send(message, { ...context, deliveryId });
  return parsed(taken[0]!);
}

describe('a message', () => {
  it('says in its subject what happened, and the rest in text and HTML', async () => {
    const mail = await mailed();
    expect(mail.subject).toBe(
      '🔴 CRITICAL · Ransomware on ACCT-PC-07 (CORP\\somchai): blocked, quarantine FAILED',
    );
    for (const body of [mail.text, String(mail.html)]) {
      expect(body!.replace(/<\/?span>/g, '')).toContain('invoice 2026-02.pdf.exe');
      expect(body).toContain('https://console.example/events/1203');
    }
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('x-auto-response-suppress')).toBe('All');
  });

  it('has an id that is the same on each attempt, and no other message’s', async () => {
    const event = storedEvent();
    const [first, again] = await Promise.all([mailed(messageOf(event)), mailed(messageOf(event))]);
    expect(first.messageId).toMatch(/^<soc-1\.[0-9a-z]+@example\.com>$/);
    expect(again.messageId).toBe(first.messageId);
    // The same number in a database that began anew.
    const later = messageOf({ ...event, receivedAt: '2026-04-01T02:03:09.120Z' });
    const ids = [
      (await mailed(later)).messageId,
      (await mailed(messageOf(event), 'b-1')).messageId,
    ];
    expect(new Set([first.messageId, ...ids]).size).toBe(3);
  });

  it('stands with the others about the same item of the vendor', async () => {
    const referenced = async (event = storedEvent()) => (await mailed(messageOf(event))).references;
    const first = await referenced();
    expect(first).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    expect(await referenced(storedEvent({ id: 9, externalId: '1203-closed' }))).toBe(first);
    expect(await referenced(storedEvent({ subject: '1204' }))).not.toBe(first);
    expect(await referenced(storedEvent({ source: 'other' }))).not.toBe(first);
  });

  it('is urgent if it is CRITICAL, and no notice is', async () => {
    const priority = async (message: Message) => (await mailed(message)).headers.get('priority');
    const notice = { notice: { kind: 'sample', values: {} } } as const;
    expect(await priority(messageOf(storedEvent({ severity: 5 })))).toBe('high');
    expect(await priority(messageOf(storedEvent({ severity: 4 })))).toBeUndefined();
    expect(await priority(messageOf(storedEvent({ severity: 5, body: notice })))).toBeUndefined();
  });

  test('each language says an event, a digest and a notice as the files show', async () => {
    for (const { locale, messages } of saidBy(sinkOf(25))) {
      const texts: string[] = [];
      for (const message of messages) {
        const mail = await mailed(message, `soc-${message.event.id}`);
        const { from, to, subject, messageId, text } = mail;
        const priority = mail.headers.get('priority');
        const head = { from: from?.text, to: [to].flat()[0]?.text, subject, messageId, priority };
        const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
        texts.push(`${lines.join('\n')}\n\n${text}`);
      }
      await expect(joinedTexts(texts)).toMatchFileSnapshot(saidFile('email', locale));
    }
  });

  test.each([
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    'https://evil.example/a',
    'x\r\nBcc: a@evil.example',
    '=?utf-8?q?=0d=0aBcc:_a@evil.example?=',
    '\u202Egpj.exe',
  ])('shows %j, and obeys nothing of it', async (hostile) => {
    const event = storedEvent({
      type: hostile,
      body: { device: { name: hostile }, user: hostile, file: { name: hostile, path: hostile } },
    });
    const { taken, port } = await mailServer();
    await sinkOf(port).send(messageOf(event), context);
    expect(obeyedIn(taken[0]!.raw)).toEqual([]);
    const mail = await parsed(taken[0]!);
    expect(foreignMarkup(mail)).toEqual([]);
    expect(mail.bcc).toBeUndefined();
    expect(`${mail.text}${mail.html}`).not.toContain('https://evil');
  });
});

describe('DKIM', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dkim_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('signs headers and body for the domain of the sender', async () => {
    const { taken, port } = await mailServer();
    const sink = sinkOf(port, { dkim_selector: 's1', dkim_key });
    for (const { messages } of saidBy(sink))
      for (const message of messages) await sink.send(message, context);
    for (const { raw } of taken) {
      const { tags, names, isValid } = readDkim(raw, createPublicKey(privateKey));
      expect(isValid).toBe(true);
      expect(tags).toMatchObject({ v: '1', a: 'rsa-sha256', d: 'example.com', s: 's1' });
      expect(names).toEqual(expect.arrayContaining(['from', 'to', 'subject', 'message-id']));
      const forged = raw.replace(/^Subject:/m, 'Subject: x');
      expect(readDkim(forged, createPublicKey(privateKey)).isValid).toBe(false);
    }
    expect(taken).toHaveLength(6);
  });

  const ofCurve = generateKeyPairSync('ed25519').privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  test.each([
    ['no key at all', 'hunter2', 'is no RSA key in PEM without a passphrase'],
    ['a key of another kind', `${ofCurve}`, 'is no RSA key in PEM without a passphrase'],
  ])('%s is refused', (_title, key, problem) => {
    const { error } = email.config.safeParse({
      ...email.example,
      dkim_selector: 's1',
      dkim_key: key,
    });
    expect(error?.issues).toMatchObject([{ path: ['dkim_key'], message: problem }]);
    expect(error?.message).not.toContain('hunter2');
  });
});

describe('a setting', () => {
  test.each<[string, object, (string | number)[], string]>([
    ['an address that is no list', { to: 'a@b.example' }, ['to'], 'expected array'],
    [
      'two recipients with a line break between',
      { to: ['a@example.com\nb@example.com'] },
      ['to', 0],
      'is no e-mail address',
    ],
    ['a name before an address', { from: 'SOC <a@example.com>' }, ['from'], 'is no e-mail address'],
    ['a URL for a host', { host: 'smtp://mail.example.com' }, ['host'], 'is no name of a host'],
    ['a name without a password', { username: 'tocsin' }, ['password'], 'is missing, and username'],
    ['a password without a name', { password: 'x' }, ['username'], 'is missing, and password'],
    ['a selector without a key', { dkim_selector: 's1' }, ['dkim_key'], 'is missing, and dkim_sel'],
  ])('%s is refused', (_title, settings, path, problem) => {
    const { error } = email.config.safeParse({ ...email.example, ...settings });
    expect(error?.issues).toMatchObject([{ path, message: expect.stringContaining(problem) }]);
  });
});

it('carries a digest where the route groups', async () => {
  const { taken, port } = await mailServer();
  const sink = sinkOf(port);
  const { store } = await begin({
    routes: [grouped({ waitMs: 300 })],
    send: async (message) => void (await sink.send(message, context)),
  });
  await store(drafts(1, 7));
  await expectSoon(isSettled);
  const mails = await Promise.all(taken.map(parsed));
  expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining('7 events')]);
});

describe('a refusal', () => {
  const refusing = (responseCode: number, of: (address: string) => boolean = () => true) => ({
    onRcptTo(
      { address }: { address: string },
      _session: unknown,
      callback: (error?: Error) => void,
    ) {
      callback(of(address) ? Object.assign(new Error('no'), { responseCode }) : undefined);
    },
  });

  test.each([
    [421, 'retry'],
    [450, 'retry'],
    [550, 'reject_sink'],
  ])('%i of every recipient is %s', async (code, outcome) => {
    const { port } = await mailServer(refusing(code));
    const error = await adapterError(sinkOf(port).send(messageOf(storedEvent()), context));
    expect(error.outcome).toBe(outcome);
    expect(error.message).not.toContain('soc@example.com');
  });

  test.each([
    [552, 'reject_event'],
    [554, 'reject_event'],
    [451, 'retry'],
  ])('%i of the content is %s', async (responseCode, outcome) => {
    const { port } = await mailServer({
      onData(stream, _session, callback) {
        stream.resume().on('end', () => callback(Object.assign(new Error('no'), { responseCode })));
      },
    });
    const error = await adapterError(sinkOf(port).send(messageOf(storedEvent()), context));
    expect(error.outcome).toBe(outcome);
  });

  it('of the login stops the sink, and says no password', async () => {
    const { port } = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(new Error('no')),
    });
    const sink = sinkOf(port, { username: 'tocsin', password: 'hunter2-hunter2' });
    const error = await adapterError(sink.send(messageOf(storedEvent()), context));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
    expect(JSON.stringify([error.message, error.answer])).not.toContain('hunter2');
  });

  it('of one recipient for good ends that delivery, and nobody else gets a second mail', async () => {
    const to = ['a@example.com', 'b@example.com'];
    const { taken, port } = await mailServer(refusing(550, (one) => one === 'b@example.com'));
    const sink = sinkOf(port, { to });
    for (const [at, form] of (['full', 'short', 'bare'] as const).entries()) {
      const attempt = { ...context, attempt: at + 1 };
      const error = await adapterError(sink.send(messageOf(storedEvent(), { form }), attempt));
      if (at === 0) {
        expect(error).toMatchObject({ outcome: 'reject_event', reason: 'rejected' });
        expect(error.message).toContain('refuses 1 of the recipients; the others have it');
      }
    }
    expect(taken.map(({ recipients }) => recipients)).toEqual([['a@example.com']]);
  });

  it('of one recipient for now is tried again for that one alone', async () => {
    const to = ['a@example.com', 'b@example.com'];
    let isRefusing = true;
    const { taken, port } = await mailServer(
      refusing(451, (address) => isRefusing && address === 'b@example.com'),
    );
    const sink = sinkOf(port, { to });
    const error = await adapterError(sink.send(messageOf(storedEvent()), context));
    expect(error.outcome).toBe('retry');
    isRefusing = false;
    await sink.send(messageOf(storedEvent()), { ...context, attempt: 2 });
    expect(taken.map(({ recipients }) => recipients)).toEqual([
      ['a@example.com'],
      ['b@example.com'],
    ]);
  });
});

test('the check proves the server without a message, and says what it did not try', async () => {
  const { taken, port } = await mailServer();
  await sinkOf(port).check!(context.signal);
  expect(await sinkOf(port).inspect!(context.signal, [])).toEqual({
    tested: 'answers in clear. Not tried: whether from and to exist',
    remarks: [],
  });
  expect(taken).toEqual([]);
});
