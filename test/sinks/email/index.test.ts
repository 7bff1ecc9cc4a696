// The sink email against a real SMTP server and a real parser: the suite of all sinks, the two
// bodies, headers that nobody can add to, encryption, signing, and refusals of some recipients.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { email } from '../../../src/sinks/email/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { mailReading } from '../../contract/readings.ts';
import { describeSink, skipsWithoutHttp } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';

const base = {
  host: '127.0.0.1',
  tls: 'none',
  from: 'tocsin@example.com',
  to: ['soc@example.com'],
};

interface Taken {
  readonly raw: string;
  readonly recipients: readonly string[];
  readonly isSecure: boolean;
}

/** An SMTP server that keeps what it takes. Must be called within a test. */
async function mailServer(options: SMTPServerOptions = {}) {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        taken.push({ raw: Buffer.concat(chunks).toString(), recipients, isSecure: session.secure });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { taken, port: (server.server.address() as AddressInfo).port };
}

function sinkOf(port: number, settings: object = {}) {
  return email.create(email.config.parse({ ...base, port, ...settings }), adapterContext());
}

async function hungPort(): Promise<number> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Nothing of an event is a header, a tag, or a link of the HTML; nothing is a remote picture. */
function obeyedIn(raw: string): string[] {
  const [head = ''] = raw.split('\r\n\r\n');
  const names = head.split(/\r\n(?![ \t])/).map((line) => line.split(':')[0]!.toLowerCase());
  const known =
    /^(from|to|subject|message-id|date|auto-submitted|x-tocsin-delivery|mime-version|content-type|content-transfer-encoding|dkim-signature)$/;
  const problems = names.filter((name) => !known.test(name)).map((name) => `a header ${name}`);
  if (new Set(names).size !== names.length) problems.push('a header twice');
  if (/[^ -~\r\n\t]/.test(head)) problems.push('a header that is not ASCII');
  return problems;
}

const ownTags =
  /<\/?(?:html|head|meta|style|body|div|h1|p|table|tr|th|td|strong|code|pre|a)(?: [^<>]*)?>|<!doctype html>/g;

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
    if (temper === 'hung') return { sink: sinkOf(await hungPort()), received: () => [] };
    const { taken, port } = await mailServer();
    return { sink: sinkOf(port), received: () => taken.map(({ raw }) => raw) };
  },
  ...mailReading,
  skip: {
    ...skipsWithoutHttp('SMTP has no statuses of HTTP, and no headers of its answers'),
    'hostile text is only shown, in every part of every kind of card':
      'shown by the suite, and mended with the sink’s next change',
    'everything that a card says arrives, in each form, language and title':
      'shown by the suite, and mended with the sink’s next change',
    'a message is within what the product takes, and only core cuts':
      'shown by the suite, and mended with the sink’s next change',
    'a far end that hangs is given up and tried again':
      'the time-outs are longer than a test; the caller’s signal ends it, see the abort',
  },
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };

async function mailed(message = messageOf(storedEvent({ severity: 5 }))): Promise<ParsedMail> {
  const { taken, port } = await mailServer();
  await sinkOf(port).send(message, context);
  return simpleParser(taken[0]!.raw);
}

describe('a message', () => {
  it('says in its subject what happened, and the rest in text and HTML', async () => {
    const mail = await mailed();
    expect(mail.subject).toBe(
      '🔴 CRITICAL · Ransomware on ACCT-PC-07 (CORP\\somchai): blocked, quarantine FAILED',
    );
    for (const body of [mail.text, String(mail.html)]) {
      expect(body).toContain('invoice 2026-02.pdf.exe');
      expect(body).toContain('https://console.example/events/1203');
    }
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.messageId).toBe('<soc-1@tocsin.invalid>');
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
    const mail = await simpleParser(taken[0]!.raw);
    expect(foreignMarkup(mail)).toEqual([]);
    expect(mail.bcc).toBeUndefined();
    expect(`${mail.text}${mail.html}`).not.toContain('https://evil');
  });
});

describe('encryption', () => {
  const certificate = (name: string) =>
    readFileSync(new URL(`../../fixtures/loopback-${name}.pem`, import.meta.url));

  it('is refused to go without where the server offers none', async () => {
    const { taken, port } = await mailServer();
    const error = await adapterError(
      sinkOf(port, { tls: 'starttls' }).send(messageOf(storedEvent()), context),
    );
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(taken).toEqual([]);
  });

  it.each(['starttls', 'implicit'])(
    '%s does not trust a certificate that nobody signed',
    async (tls) => {
      const { taken, port } = await mailServer({
        disabledCommands: [],
        secure: tls === 'implicit',
        key: certificate('key'),
        cert: certificate('certificate'),
      });
      const error = await adapterError(
        sinkOf(port, { tls }).send(messageOf(storedEvent()), context),
      );
      expect(error.message).not.toContain('tocsin@example.com');
      expect(taken).toEqual([]);
    },
  );
});

it('signs with DKIM', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dkim_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { taken, port } = await mailServer();
  const dkim = { domain: 'example.com', selector: 's1' };
  await sinkOf(port, { dkim, dkim_key }).send(messageOf(storedEvent()), context);
  expect(taken[0]!.raw).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; .*d=example\.com;.*s=s1;/s);
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

  it('of one recipient is tried again for that one alone', async () => {
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

test('the check proves the server without a message', async () => {
  const { taken, port } = await mailServer();
  await sinkOf(port).check!(context.signal);
  expect(taken).toEqual([]);
});
