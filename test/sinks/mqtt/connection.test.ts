// Connections of the sink mqtt: kept between messages, made anew after a failure, logins, encryption,
// brokers that break off or hang, and aborts.
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { connect, publish } from '../../../src/sinks/mqtt/connection.ts';
import { abortMs, adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { closedPort, startSocketServer } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';
import { context, mqttBroker, sinkOf } from './mqtt-broker.ts';

const message = messageOf(storedEvent());

describe('a connection', () => {
  it('is one for many messages, and a new one after it broke', async () => {
    let isBreaking = false;
    const { port, logins, published, open } = await mqttBroker({
      publish: () => (isBreaking ? 'reset' : 0),
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
    // The library repeats nothing by itself.
    expect(published).toHaveLength(5);
    expect(new Set(logins.map(({ clientId }) => clientId)).size).toBe(2);
    await sink.close!();
    await expect.poll(() => open.count).toBe(0);
  });

  it('to nobody is tried again', async () => {
    const failed = await adapterError(sinkOf(await closedPort()).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(failed.message).toContain('nothing accepts connections there');
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n'])(
    'to something that says %j says so',
    async (greeting) => {
      const port = await startSocketServer((socket) => void socket.write(greeting));
      const failed = await adapterError(sinkOf(port).send(message, context));
      expect(failed).toMatchObject({ outcome: 'retry', reason: 'malformed' });
    },
  );

  it('that breaks at the login is tried again', async () => {
    const { port } = await mqttBroker({ login: () => 'reset' });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  test.each(['login', 'publish', 'check'] as const)(
    'that hangs at %s ends with an abort, and is not kept',
    async (at) => {
      const { port, open } = await mqttBroker(
        at === 'publish' ? { publish: () => 'hang' } : { login: () => 'hang' },
      );
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

it('a login that is refused pauses the sink, and is in no error', async () => {
  const password = 'hunter2-hunter2';
  const { port } = await mqttBroker({ login: () => 0x86 });
  const sink = sinkOf(port, { username: 'tocsin', password });
  for (const tried of [() => sink.send(message, context), () => sink.check!(context.signal)]) {
    const failed = await adapterError(tried());
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
    expectNoSecret(failed, [{ what: 'the password', text: password }]);
  }
});

describe('encryption', () => {
  it('trusts no certificate that nobody signed', async () => {
    const { port, logins } = await mqttBroker({ isSecure: true });
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

  it('is what the message goes through', async () => {
    const { port, published } = await mqttBroker({ isSecure: true });
    const path = new URL('../../fixtures/loopback-certificate.pem', import.meta.url);
    const address = { host: '127.0.0.1', port, shown: `127.0.0.1:${port}` };
    const tls = { ca: readFileSync(path, 'utf8') };
    const connection = await connect({ address, version: '5', tls }, context.signal);
    await publish(connection, { topic: 'a', body: '{}', deliveryId: 'd-1' });
    expect(published).toHaveLength(1);
    connection.client.end(true);
  });
});
