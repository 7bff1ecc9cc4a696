// Connections of the sink email: encryption, logins, far ends that break off or hang, and aborts.
import { describe, expect, it, test } from 'vitest';
import { onConnection } from '../../../src/sinks/email/connection.ts';
import { abortMs, adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { closedPort } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';
import {
  context,
  encrypting,
  mailServer,
  type Reply,
  scriptedServer,
  sinkOf,
  trustEverything,
} from './mail-server.ts';

const message = messageOf(storedEvent());
const login = { username: 'tocsin', password: 'hunter2-hunter2' };

describe('encryption', () => {
  it('is refused to go without where the server offers none', async () => {
    const { taken, port } = await mailServer();
    const error = await adapterError(sinkOf(port, { tls: 'starttls' }).send(message, context));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(error.message).toContain('offers no encryption');
    expect(taken).toEqual([]);
  });

  it.each(['starttls', 'implicit'])('%s trusts no certificate that nobody signed', async (tls) => {
    const { taken, port } = await mailServer({ ...encrypting, secure: tls === 'implicit' });
    const sink = sinkOf(port, { tls, ...login });
    for (const tried of [() => sink.send(message, context), () => sink.check!(context.signal)]) {
      const error = await adapterError(tried());
      expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
      expect(error.message).toMatch(/not trusted.*NODE_EXTRA_CA_CERTS/);
      expect(error.message).not.toContain('tocsin@example.com');
    }
    expect(taken).toEqual([]);
  });

  it.each(['starttls', 'implicit'])('%s is what the message goes through', async (tls) => {
    const { taken, port } = await mailServer({ ...encrypting, secure: tls === 'implicit' });
    trustEverything();
    const sink = sinkOf(port, { tls, ...login });
    await sink.send(message, context);
    expect(taken).toMatchObject([{ isSecure: true, user: 'tocsin' }]);
    const { tested } = await sink.inspect!(context.signal, []);
    expect(tested).toContain('answers over TLS, and takes the login.');
  });

  it.each(['starttls', 'implicit'])('%s: what speaks no TLS is named so', async (tls) => {
    const port = await scriptedServer({
      EHLO: '250-mail.example.com\r\n250 STARTTLS',
      STARTTLS: '220 Go on',
    });
    const error = await adapterError(sinkOf(port, { tls }).send(message, context));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(error.message).toContain('Check port and tls');
  });
});

describe('a login', () => {
  test.each<[string, Readonly<Record<string, Reply>>]>([
    ['that is refused', { AUTH: '535 5.7.8 No' }],
    ['that the server echoes', { AUTH: (line) => `535 5.7.8 No: ${line}` }],
    ['that the server does not offer', { EHLO: '250 mail.example.com' }],
  ])('%s stops the sink, and shows no password', async (_title, replies) => {
    const sink = sinkOf(await scriptedServer(replies), login);
    for (const tried of [() => sink.send(message, context), () => sink.check!(context.signal)]) {
      const error = await adapterError(tried());
      expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
      const encoded = Buffer.from(`\0${login.username}\0${login.password}`).toString('base64');
      const hidden = [login.password, encoded, encoded.slice(12, 24)];
      expectNoSecret(
        error,
        hidden.map((text) => ({ what: 'the login', text })),
      );
    }
  });

  it('that is refused for now is tried again', async () => {
    const sink = sinkOf(await scriptedServer({ AUTH: '454 4.7.0 Later' }), login);
    const error = await adapterError(sink.send(message, context));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'server_error' });
  });
});

describe('a connection', () => {
  it('that nobody takes is tried again, and nobody has the message', async () => {
    const error = await adapterError(sinkOf(await closedPort()).send(message, context));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(error.message).toContain('nothing accepts connections there');
  });

  it('to a name that nobody knows is tried again', async () => {
    const sink = sinkOf(25, { host: 'no-such-host.invalid' });
    const error = await adapterError(sink.send(message, context));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  it('that breaks at once is tried again', async () => {
    const sink = sinkOf(await scriptedServer({ CONNECT: 'reset' }));
    expect((await adapterError(sink.send(message, context))).outcome).toBe('retry');
  });

  test.each(['EHLO', 'MAIL', 'DATA', '.'])(
    'that breaks at %s may have brought the message, and is tried again',
    async (command) => {
      const sink = sinkOf(await scriptedServer({ [command]: 'reset' }));
      const error = await adapterError(sink.send(message, context));
      expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
    },
  );

  it('to something that speaks no SMTP says so', async () => {
    const sink = sinkOf(await scriptedServer({ CONNECT: 'HTTP/1.1 400 Bad Request' }));
    const error = await adapterError(sink.send(message, context));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'malformed' });
    expect(error.message).toContain('does not speak SMTP');
  });

  test.each(['CONNECT', 'EHLO', 'MAIL', 'DATA', '.'])(
    'that hangs at %s ends with an abort',
    async (command) => {
      const sink = sinkOf(await scriptedServer({ [command]: 'hang' }));
      const abort = new AbortController();
      const pending = sink.send(message, { ...context, signal: abort.signal });
      pending.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await abortMs(abort, pending)).toBeLessThan(100);
    },
  );

  it('that hangs behind its encryption ends with an abort', async () => {
    const { port } = await mailServer({ ...encrypting, onMailFrom: () => {} });
    trustEverything();
    const abort = new AbortController();
    const pending = sinkOf(port, { tls: 'starttls' }).send(message, {
      ...context,
      signal: abort.signal,
    });
    pending.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await abortMs(abort, pending)).toBeLessThan(100);
    await expect(pending).rejects.toThrow('stop');
  });

  it('is not opened at all after an abort', async () => {
    const server = { host: '127.0.0.1', port: await scriptedServer(), tls: 'none', domain: 'x' };
    const use = () => expect.fail('a connection was opened');
    const aborted = AbortSignal.abort(new Error('stop'));
    await expect(onConnection({ ...server, tls: 'none' }, aborted, use)).rejects.toThrow('stop');
  });
});
