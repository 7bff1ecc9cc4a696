// SMTP servers on loopback for the tests of the sink email: a real one, and one that says what the
// test wants. Each ends with its test.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { email } from '../../../src/sinks/email/index.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';
import { startSocketServer } from '../../support/far-end.ts';

const base = {
  host: '127.0.0.1',
  tls: 'none',
  from: 'tocsin@example.com',
  to: ['soc@example.com'],
};

export interface Taken {
  readonly raw: string;
  readonly recipients: readonly string[];
  readonly isSecure: boolean;
  readonly user: string | undefined;
}

/** Keeps what it takes. Must be called within a test. */
export async function mailServer(options: SMTPServerOptions = {}) {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username = '' }, _session, callback) => callback(null, { user: username }),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        taken.push({
          raw: Buffer.concat(chunks).toString(),
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          isSecure: session.secure,
          user: session.user,
        });
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

const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/loopback-${name}.pem`, import.meta.url));

/** For a server that encrypts; nobody vouches for its certificate. */
export const encrypting = {
  disabledCommands: [],
  key: pem('key'),
  cert: pem('certificate'),
} satisfies SMTPServerOptions;

/** What it does at a command: answers so, breaks the connection, or says nothing more. */
export type Reply = string | 'reset' | 'hang' | ((line: string) => string);

const usual: Readonly<Record<string, Reply>> = {
  CONNECT: '220 mail.example.com ESMTP',
  EHLO: '250-mail.example.com\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  DATA: '354 Go on',
  '.': '250 2.0.0 Queued',
  QUIT: '221 Bye',
};

/** A server that answers by command, as `usual` where the test says nothing. @returns its port */
export function scriptedServer(replies: Readonly<Record<string, Reply>> = {}): Promise<number> {
  const script = { ...usual, ...replies };
  return startSocketServer((socket) => {
    let pending = '';
    let isData = false;
    const react = (command: string, line = '') => {
      const reply = script[command] ?? '502 5.5.2 What?';
      if (reply === 'hang') return;
      if (reply === 'reset') socket.resetAndDestroy();
      else socket.write(`${typeof reply === 'string' ? reply : reply(line)}\r\n`);
    };
    socket.on('data', (chunk) => {
      // The beginning of a TLS connection, which this server does not speak.
      if (chunk[0] === 0x16) return void socket.write('500 5.5.1 What?\r\n');
      const lines = `${pending}${chunk}`.split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        if (isData && line !== '.') continue;
        const command = isData ? '.' : (line.split(' ')[0] ?? '').toUpperCase();
        react(command, line);
        isData = command === 'DATA' && String(script.DATA).startsWith('354');
      }
    });
    react('CONNECT');
  });
}

export function sinkOf(port: number, settings: object = {}) {
  return email.create(email.config.parse({ ...base, port, ...settings }), adapterContext());
}

export const context = {
  deliveryId: 'soc-1',
  attempt: 1,
  signal: new AbortController().signal,
};

export function parsed({ raw }: Taken): Promise<ParsedMail> {
  return simpleParser(raw);
}

/** Until the end of the test, as if NODE_EXTRA_CA_CERTS named the certificate of each server. */
export function trustEverything(): void {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  onTestFinished(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });
}
