// The brokers of one cluster: those that are configured, those that lead, and what becomes of the
// connections to them.
import { describe, expect, it, test, vi } from 'vitest';
import { kafka } from '../../../src/sinks/kafka/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { closedPort } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';
import {
  type Answer,
  context,
  kafkaBroker,
  keys,
  type Leader,
  sinkOf,
  topic,
} from './kafka-broker.ts';

const message = messageOf(storedEvent());
const { produce, metadata, versions } = keys;

describe('connections', () => {
  it('are kept between messages, and there is one for each broker', async () => {
    const { port, asked, open } = await kafkaBroker();
    const sink = sinkOf(port);
    for (let n = 0; n < 3; n += 1) await sink.send(message, context);
    expect(asked).toEqual([versions, metadata, produce, produce, produce]);
    expect(open.ever).toBe(1);
    await sink.close!();
    await expect.poll(() => open.count).toBe(0);
  });

  it.each<Answer>(['reset', 6, 7, 10])(
    'are new after a message was answered %j, and the leader is asked for again',
    async (breaking) => {
      let answer: Answer = 0;
      const { port, asked, open, written } = await kafkaBroker({ write: () => answer });
      const sink = sinkOf(port);
      await sink.send(message, context);
      answer = breaking;
      await adapterError(sink.send(message, context));
      answer = 0;
      await sink.send(message, context);
      expect(asked.filter((key) => key === metadata)).toHaveLength(2);
      expect(open.ever).toBe(2);
      expect(written).toHaveLength(3);
      await sink.close!();
      await expect.poll(() => open.count).toBe(0);
    },
  );

  it('that a broker closes between messages are made anew', async () => {
    const { port, open, hangUp, written } = await kafkaBroker();
    const sink = sinkOf(port);
    await sink.send(message, context);
    hangUp();
    await expect.poll(() => open.count).toBe(0);
    await expect.poll(() => sink.send(message, context).then(() => 'sent')).toBe('sent');
    expect(written).toHaveLength(2);
  });

  it('are new after minutes, so that partitions that were added are found', async () => {
    const { port, asked } = await kafkaBroker();
    const now = vi.fn(() => 0);
    const settings = { brokers: [`127.0.0.1:${port}`], topic, tls: false };
    const sink = kafka.create(kafka.config.parse(settings), { ...adapterContext(), now });
    await sink.send(message, context);
    now.mockReturnValue(299_999);
    await sink.send(message, context);
    expect(asked.filter((key) => key === metadata)).toHaveLength(1);
    now.mockReturnValue(300_000);
    await sink.send(message, context);
    expect(asked.filter((key) => key === metadata)).toHaveLength(2);
  });
});

describe('a leader', () => {
  it('is where the message goes, and where it goes once another one leads', async () => {
    const [old, next] = [await kafkaBroker({ write: () => 6 }), await kafkaBroker()];
    const leaders: Leader[] = [{ node: 2, port: old.port }];
    const { port, written } = await kafkaBroker({ leaders });
    const sink = sinkOf(port);
    const failed = await adapterError(sink.send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'server_error' });
    expect(failed.message).toContain(`127.0.0.1:${old.port} answered 6`);
    leaders[0] = { node: 3, port: next.port };
    await sink.send(message, { ...context, attempt: 2 });
    expect([written, old.written, next.written].map(({ length }) => length)).toEqual([0, 1, 1]);
  });

  it('that the cluster does not have just now is waited for', async () => {
    const { port } = await kafkaBroker({ leaders: [undefined] });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'server_error' });
  });

  it('of another partition may be missing', async () => {
    const self = await kafkaBroker();
    const there = { node: 2, port: self.port };
    const { port } = await kafkaBroker({ leaders: [undefined, there, there, there] });
    const sink = sinkOf(port);
    const sent = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        sink.send(message, { ...context, deliveryId: `soc-${n}` }),
      ),
    );
    const fulfilled = sent.filter(({ status }) => status === 'fulfilled');
    expect(fulfilled.length).toBeGreaterThan(5);
    expect(fulfilled.length).toBe(self.written.length);
    expect(new Set(self.written.map(({ partition }) => partition))).toEqual(new Set([1, 2, 3]));
  });

  it('that nobody reaches has not got the message', async () => {
    const nobody = await closedPort();
    const { port } = await kafkaBroker({ leaders: [{ node: 2, port: nobody }] });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(failed.message).toContain(`127.0.0.1:${nobody}, a broker that the cluster names`);
  });
});

describe('of several brokers', () => {
  const both = (...ports: number[]) => ({ brokers: ports.map((port) => `127.0.0.1:${port}`) });

  test.each(['reset', 'hang'] as const)(
    'the next one is asked where the first one does %s',
    async (does) => {
      const first =
        does === 'hang' ? await closedPort() : (await kafkaBroker({ at: 'versions', does })).port;
      const { port, written } = await kafkaBroker();
      await sinkOf(port, both(first, port)).send(message, context);
      expect(written).toHaveLength(1);
    },
  );

  it('no other one is asked after one refused the login', async () => {
    const users = { tocsin: 'right' };
    const [first, second] = [await kafkaBroker({ users }), await kafkaBroker({ users })];
    const login = { username: 'tocsin', password: 'wrong', mechanism: 'PLAIN' };
    const failed = await adapterError(
      sinkOf(0, { ...both(first.port, second.port), ...login }).send(message, context),
    );
    expect(failed.reason).toBe('auth');
    expect(second.open.ever).toBe(0);
  });

  it('no other one is asked after one knows no such topic', async () => {
    const topicOf = () => ({ code: 3 });
    const [first, second] = [await kafkaBroker({ topic: topicOf }), await kafkaBroker()];
    const failed = await adapterError(
      sinkOf(0, both(first.port, second.port)).send(message, context),
    );
    expect(failed.outcome).toBe('reject_sink');
    expect(second.open.ever).toBe(0);
  });
});
