// Connections of the sink nats: kept between messages, made anew after a failure, logins, encryption,
// far ends that break off or hang, and aborts.
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { connect, request } from '../../../src/sinks/nats/connection.ts';
import { abortMs, adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { closedPort, startSocketServer } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';
import { context, natsServer, sinkOf } from './nats-server.ts';

const message = messageOf(storedEvent());

describe('the connection', () => {
  it('is one for many messages, and a new one after it broke', async () => {
    let isBreaking = false;
    const { port, published, logins, open } = await natsServer({
      publish: (_message, seq) => (isBreaking ? 'reset' : { json: { stream: 'EVENTS', seq } }),
    });
    const sink = sinkOf(port);
    for (let n = 0; n < 3; n += 1) await sink.send(message, context);
    expect(logins).toHaveLength(1);
    isBreaking = true;
    const failed = await adapterError(sink.send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
    isBreaking = false;
    await sink.send(message, context);
    expect(logins).toHaveLength(2);
    expect(published).toHaveLength(5);
    await sink.close!();
    await expect.poll(() => open.count).toBe(0);
  });

  it('to nobody is tried again', async () => {
    const failed = await adapterError(sinkOf(await closedPort()).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(failed.message).toContain('nothing accepts connections there');
  });

  it('goes to the next server where the first one is gone', async () => {
    const { port, published } = await natsServer();
    const servers = [`127.0.0.1:${await closedPort()}`, `127.0.0.1:${port}`];
    await sinkOf(port, { servers }).send(message, context);
    expect(published).toHaveLength(1);
  });

  test.each(['HTTP/1.1 400 Bad Request\r\n\r\n', '220 mail.example.com ESMTP\r\n', 'INFO {\r\n'])(
    'to something that greets with %j says so',
    async (greeting) => {
      const { port } = await natsServer({ greeting });
      const failed = await adapterError(sinkOf(port).send(message, context));
      expect(failed).toMatchObject({ outcome: 'retry', reason: 'malformed' });
    },
  );

  test.each(['connect', 'login'] as const)('that breaks at %s is tried again', async (at) => {
    const { port } = await natsServer({ at, does: 'reset' });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  it('that nobody greets is given up after some seconds, and its socket closed', async () => {
    const { port, open } = await natsServer({ at: 'connect', does: 'hang' });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
    await expect.poll(() => open.count).toBe(0);
  });

  test.each(['connect', 'login', 'publish', 'check'] as const)(
    'that hangs at %s ends with an abort, and is not kept',
    async (at) => {
      const isEarly = at === 'connect' || at === 'login';
      const { port, open } = await natsServer({
        ...(isEarly ? { at, does: 'hang' } : {}),
        publish: () => 'hang',
        streams: () => 'hang',
      });
      const sink = sinkOf(port);
      const abort = new AbortController();
      const { signal } = abort;
      const pending =
        at === 'check' ? sink.check!(signal) : sink.send(message, { ...context, signal });
      pending.catch(() => {});
      await expect.poll(() => open.count).toBe(1);
      expect(await abortMs(abort, pending)).toBeLessThan(100);
      await expect.poll(() => open.count).toBe(0);
    },
  );
});

describe('a login', () => {
  const seed = 'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY';
  const creds = [
    ...['-----BEGIN NATS USER JWT-----', 'eyJ0eXAi.eyJqdGki.c2ln', '------END NATS USER JWT------'],
    ...['', '-----BEGIN USER NKEY SEED-----', seed, '------END USER NKEY SEED------', ''],
  ].join('\n');
  const logins = {
    password: { username: 'tocsin', password: 'hunter2-hunter2' },
    token: { token: 'token-0123456789' },
    credentials: { credentials: creds },
  };

  it.each(Object.entries(logins))('by %s is what the server gets', async (way, settings) => {
    const { port, logins: got } = await natsServer({ info: { auth_required: true, nonce: 'abc' } });
    await sinkOf(port, settings).check!(context.signal);
    if (way === 'password')
      expect(got[0]).toMatchObject({ user: 'tocsin', pass: 'hunter2-hunter2' });
    if (way === 'token') expect(got[0]).toMatchObject({ auth_token: 'token-0123456789' });
    if (way === 'credentials')
      expect(got[0]).toMatchObject({ jwt: 'eyJ0eXAi.eyJqdGki.c2ln', sig: expect.any(String) });
  });

  it.each(Object.entries(logins))(
    'by %s that is refused pauses the sink, and is in no error',
    async (_way, settings) => {
      const { port } = await natsServer({
        info: { auth_required: true, nonce: 'abc' },
        refuses: 'Authorization Violation',
      });
      const sink = sinkOf(port, settings);
      const hidden = [...Object.values(settings).slice(-1), seed];
      for (const tried of [() => sink.send(message, context), () => sink.check!(context.signal)]) {
        const failed = await adapterError(tried());
        expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
        expectNoSecret(
          failed,
          hidden.map((text) => ({ what: 'the login', text })),
        );
      }
    },
  );

  it('is in no answer that is kept, though the far end says it', async () => {
    const { token } = logins.token;
    const { port } = await natsServer({
      publish: () => ({ json: { error: { code: 500, err_code: 1, description: token } } }),
    });
    const failed = await adapterError(sinkOf(port, { token }).send(message, context));
    expect(failed.answer).toContain('description');
    expectNoSecret(failed, [{ what: 'the token', text: token }]);
  });

  it('that takes too long for the server is tried again', async () => {
    const { port } = await natsServer({ refuses: 'Authentication Timeout' });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });
});

describe('encryption', () => {
  it('is refused to go without where the server offers none', async () => {
    const { port, logins } = await natsServer();
    const failed = await adapterError(sinkOf(port, { tls: true }).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('offers no encryption');
    expect(logins).toEqual([]);
  });

  it('that the server wants, and the sink does not', async () => {
    const { port, logins } = await natsServer({ isSecure: true });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('wants encryption');
    expect(logins).toEqual([]);
  });

  it('trusts no certificate that nobody signed', async () => {
    const { port, logins } = await natsServer({ isSecure: true });
    const failed = await adapterError(sinkOf(port, { tls: true }).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toMatch(/not trusted.*NODE_EXTRA_CA_CERTS/);
    expect(logins).toEqual([]);
  });

  it('with something that speaks no TLS is named so', async () => {
    const info = JSON.stringify({ tls_required: true, version: '2.15.3' });
    const port = await startSocketServer((socket) => {
      socket.write(`INFO ${info}\r\n`);
      socket.on('data', () => socket.end('-ERR what\r\n'));
    });
    const failed = await adapterError(sinkOf(port, { tls: true }).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('agree on no encryption');
  });

  it('is what the message goes through', async () => {
    const { port, published } = await natsServer({ isSecure: true });
    const path = new URL('../../fixtures/loopback-certificate.pem', import.meta.url);
    const tls = { ca: readFileSync(path, 'utf8') };
    const connection = await connect({ addresses: [`127.0.0.1:${port}`], tls }, context.signal);
    expect(await request(connection, 'a.b', '{}')).toContain('"seq":1');
    expect(published).toHaveLength(1);
    await connection.close();
  });
});
