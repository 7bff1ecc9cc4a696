// One connection of the sink kafka: what is there in place of Kafka, what breaks off or hangs,
// encryption, and aborts.
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { Cluster } from '../../../src/sinks/kafka/cluster.ts';
import { abortMs, adapterError } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { closedPort, startSocketServer } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';
import { i32 } from './bytes.ts';
import { context, kafkaBroker, sinkOf, topic } from './kafka-broker.ts';

const message = messageOf(storedEvent());
const attempted = (port: number, settings = {}) =>
  adapterError(sinkOf(port, settings).send(message, context));

describe('a connection', () => {
  it('to nobody is tried again', async () => {
    const failed = await attempted(await closedPort());
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(failed.message).toContain('nothing accepts connections there');
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n\r\n', '220 mail.example.com ESMTP\r\n'])(
    'to something that greets with %j says so, and does not wait for more',
    async (greeting) => {
      const failed = await attempted(
        await startSocketServer((socket) => void socket.write(greeting)),
      );
      expect(failed).toMatchObject({ outcome: 'retry', reason: 'malformed' });
      expect(failed.message).toContain('does not speak Kafka there');
    },
  );

  it.each<[string, (id: Buffer) => Buffer]>([
    ['a length below nothing', (id) => Buffer.concat([i32(-10), id, i32(0)])],
    ['no room for a number', () => Buffer.concat([i32(2), i32(0)])],
    ['another number', () => Buffer.concat([i32(8), i32(99), i32(0)])],
    ['too little', (id) => Buffer.concat([i32(5), id, Buffer.from([0])])],
    ['too much', (id) => Buffer.concat([i32(5_000_000), id])],
    [
      'a list of a billion',
      (id) => Buffer.concat([i32(11), id, Buffer.from([0, 0, 255, 255, 255, 255, 7])]),
    ],
  ])('with an answer of %s ends, and nothing else does', async (_title, says) => {
    const { port, open } = await kafkaBroker({ says });
    expect(await attempted(port)).toMatchObject({ outcome: 'retry', reason: 'malformed' });
    await expect.poll(() => open.count).toBe(0);
  });

  test.each(['connect', 'versions'] as const)('that breaks at %s is tried again', async (at) => {
    const { port } = await kafkaBroker({ at, does: 'reset' });
    expect(await attempted(port)).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  it('that breaks with a message under way may have brought it', async () => {
    const { port } = await kafkaBroker({ write: () => 'reset' });
    expect(await attempted(port)).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
  });

  it('on which nobody greets is given up after some seconds', async () => {
    const { port, open } = await kafkaBroker({ at: 'versions', does: 'hang' });
    expect(await attempted(port)).toMatchObject({ outcome: 'retry', reason: 'connection' });
    await expect.poll(() => open.count).toBe(0);
  });

  test.each(['connect', 'versions', 'metadata', 'write'] as const)(
    'that hangs at %s ends with an abort, and is not kept',
    async (at) => {
      const { port, open } = await kafkaBroker(
        at === 'write' ? { write: () => 'hang' } : { at, does: 'hang' },
      );
      const sink = sinkOf(port);
      const calls = [
        (signal: AbortSignal) => sink.send(message, { ...context, signal }),
        ...(at === 'write' ? [] : [(signal: AbortSignal) => sink.check!(signal)]),
      ];
      for (const call of calls) {
        const abort = new AbortController();
        const pending = call(abort.signal);
        pending.catch(() => {});
        await expect.poll(() => open.count).toBe(1);
        expect(await abortMs(abort, pending)).toBeLessThan(100);
        await expect.poll(() => open.count).toBe(0);
      }
    },
  );
});

describe('encryption', () => {
  it('trusts no certificate that nobody signed', async () => {
    const { port, asked } = await kafkaBroker({ isSecure: true });
    const failed = await attempted(port, { tls: true });
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toMatch(/not trusted.*NODE_EXTRA_CA_CERTS/);
    expect(asked).toEqual([]);
  });

  it('with a broker that speaks none is named so', async () => {
    const port = await startSocketServer((socket) => {
      socket.on('data', () => socket.end('what is this?'));
    });
    const failed = await attempted(port, { tls: true });
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('agree on no encryption');
  });

  it('is what the message goes through, and an abort ends it', async () => {
    const { port, written, open } = await kafkaBroker({ isSecure: true });
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    const brokers = [{ host: '127.0.0.1', port, shown: `127.0.0.1:${port}` }];
    const abort = new AbortController();
    const cluster = await Cluster.open({ brokers, topic, tls: {}, login: undefined }, abort.signal);
    await cluster.produce({ body: '{}', deliveryId: 'd-1', time: 1 });
    expect(written).toMatchObject([{ key: 'd-1', time: 1, body: '{}' }]);
    abort.abort();
    await expect.poll(() => open.count).toBe(0);
  });
});
