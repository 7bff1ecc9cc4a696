// Connections of the sink amqp: kept between messages, made anew after a failure, logins, encryption,
// brokers that break off or hang, and aborts.
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { connect, publish } from '../../../src/sinks/amqp/connection.ts';
import { abortMs, adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { closedPort, startSocketServer } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';
import { type Answer, amqpBroker, context, sinkOf } from './amqp-broker.ts';

const message = messageOf(storedEvent());

describe('a connection', () => {
  it.each<Answer>(['reset', { of: 'channel', code: 541 }, { of: 'connection', code: 320 }])(
    'is one for many messages, and a new one after %j',
    async (breaking) => {
      let answer: Answer = 'ack';
      const { port, logins, published, open } = await amqpBroker({ publish: () => answer });
      const sink = sinkOf(port);
      for (let n = 0; n < 3; n += 1) await sink.send(message, context);
      expect(logins).toHaveLength(1);
      answer = breaking;
      expect((await adapterError(sink.send(message, context))).outcome).toBe('retry');
      answer = 'ack';
      await sink.send(message, context);
      expect(logins).toHaveLength(2);
      expect(published).toHaveLength(5);
      await sink.close!();
      await expect.poll(() => open.count).toBe(0);
    },
  );

  it('that breaks with a message under way may have brought it', async () => {
    const { port } = await amqpBroker({ publish: () => 'reset' });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
  });

  it('to nobody is tried again', async () => {
    const failed = await adapterError(sinkOf(await closedPort()).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(failed.message).toContain('nothing accepts connections there');
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n\r\n', 'AMQP\u0000\u0001\u0001\u0000'])(
    'to something that says %j is tried again',
    async (greeting) => {
      const port = await startSocketServer((socket) => void socket.end(greeting));
      const failed = await adapterError(sinkOf(port).send(message, context));
      expect(failed.outcome).toBe('retry');
    },
  );

  it('that breaks at the login is tried again', async () => {
    const { port } = await amqpBroker({ login: 'reset' });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  test.each(['login', 'publish', 'check'] as const)(
    'that hangs at %s ends with an abort, and is not kept',
    async (at) => {
      const { port, open } = await amqpBroker({
        ...(at === 'login' && { login: 'hang' as const }),
        publish: () => 'hang',
        ask: () => 'hang',
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
  const login = { username: 'tocsin', password: 'hunter2-hunter2' };

  it('is what the broker gets', async () => {
    const { port, logins } = await amqpBroker();
    await sinkOf(port, login).send(message, context);
    expect(logins).toEqual([{ mechanism: 'PLAIN', response: '\0tocsin\0hunter2-hunter2' }]);
  });

  it('that is refused pauses the sink, and is in no error', async () => {
    const text = `ACCESS_REFUSED - Login was refused for ${login.password}`;
    const { port } = await amqpBroker({ login: { of: 'connection', code: 403, text } });
    const sink = sinkOf(port, login);
    for (const tried of [() => sink.send(message, context), () => sink.check!(context.signal)]) {
      const failed = await adapterError(tried());
      expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
      expectNoSecret(failed, [{ what: 'the password', text: login.password }]);
    }
  });
});

describe('encryption', () => {
  it('trusts no certificate that nobody signed', async () => {
    const { port, logins } = await amqpBroker({ isSecure: true });
    const failed = await adapterError(sinkOf(port, { tls: true }).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toMatch(/not trusted.*NODE_EXTRA_CA_CERTS/);
    expect(logins).toEqual([]);
  });

  it('with something that speaks no TLS is named so', async () => {
    const port = await startSocketServer((socket) => {
      socket.on('data', () => socket.end('what is this?'));
    });
    const failed = await adapterError(sinkOf(port, { tls: true }).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('agree on no encryption');
  });

  it('is what the message goes through, and an abort ends it', async () => {
    const { port, published, open } = await amqpBroker({ isSecure: true });
    const path = new URL('../../fixtures/loopback-certificate.pem', import.meta.url);
    const address = { host: '127.0.0.1', port, shown: `127.0.0.1:${port}` };
    const abort = new AbortController();
    const tls = { ca: readFileSync(path, 'utf8') };
    const connection = await connect({ address, vhost: '/', tls }, abort.signal);
    await publish(connection, { exchange: 'a', routingKey: '', body: '{}', deliveryId: 'd-1' });
    expect(published).toHaveLength(1);
    abort.abort();
    await expect.poll(() => open.count).toBe(0);
  });
});
