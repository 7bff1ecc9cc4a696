// The sink kafka over a broker of the tests: the suite of all sinks, what is written, the check, and the
// settings.
import { describe, expect, it, test } from 'vitest';
import { kafka } from '../../../src/sinks/kafka/index.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { describeSink, skipsWithoutHttp } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { context, kafkaBroker, keys, sinkOf, topic } from './kafka-broker.ts';

const message = messageOf(storedEvent());

describeSink(kafka, {
  async start(temper) {
    if (temper === 'hung')
      return {
        sink: sinkOf((await kafkaBroker({ at: 'metadata', does: 'hang' })).port),
        received: () => [],
      };
    const { written, port } = await kafkaBroker();
    return { sink: sinkOf(port), received: () => written.map(({ body }) => body) };
  },
  data: ({ body }) => JSON.parse(body) as unknown,
  skip: {
    ...skipsWithoutHttp('Kafka has no statuses of HTTP, and no headers of its answers'),
    'a far end that hangs is given up and tried again':
      'the caller’s signal is the one time-out, see the abort',
  },
});

describe('a message', () => {
  it('is one record, by the id of its delivery, for all replicas', async () => {
    const { port, written } = await kafkaBroker();
    const before = Date.now();
    await sinkOf(port).send(message, context);
    expect(written).toEqual([
      {
        ...{ topic, partition: 0, version: 11, acks: -1, key: 'soc-1' },
        headers: { 'tocsin-delivery': 'soc-1', 'content-type': 'application/json' },
        time: expect.any(Number),
        body: expect.stringContaining('"delivery_id":"soc-1"'),
      },
    ]);
    expect(written[0]!.time).toBeGreaterThanOrEqual(before);
    expect(JSON.parse(written[0]!.body)).toMatchObject({ kind: 'event', id: 4711 });
  });

  it('is shown before as it will be written', async () => {
    const { port, written } = await kafkaBroker();
    const sink = sinkOf(port);
    await sink.send(message, context);
    expect(sink.preview?.(message, context.deliveryId)).toBe(written[0]!.body);
  });

  it('is a Detection Finding where that is asked for', async () => {
    const { port, written } = await kafkaBroker();
    await sinkOf(port, { format: 'ocsf' }).send(message, context);
    expect(JSON.parse(written[0]!.body)).toMatchObject({ class_uid: 2004 });
  });

  it('goes into the partition that most clients choose for its key, each time', async () => {
    const here = { node: 1, port: 0 };
    const other = await kafkaBroker();
    const leaders = Array.from({ length: 12 }, () => ({ ...here, port: other.port }));
    const { port, written } = await kafkaBroker({ leaders });
    const sink = sinkOf(port);
    // Of Java's Utils.murmur2, as kafka.apache.org has it in its own tests: 21, foobar, a-little….
    for (const deliveryId of [
      '21',
      'foobar',
      'a-little-bit-long-string',
      'lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8',
    ])
      await sink.send(message, { ...context, deliveryId });
    const hashes = [-973932308, -790332482, -985981536, -58897971];
    const expected = hashes.map((hash) => (hash & 0x7fff_ffff) % 12);
    expect(other.written.map(({ partition }) => partition)).toEqual(expected);
    expect(written).toEqual([]);
  });

  test.each([
    [7, 9],
    [8, 10],
    [9, 11],
    [10, 12],
  ])('reaches a broker that takes it by version %i, and the question by %i', async (write, ask) => {
    const versions = { [keys.produce]: [0, write], [keys.metadata]: [0, ask] } as const;
    const { port, written } = await kafkaBroker({ versions });
    await sinkOf(port).send(message, context);
    expect(written).toMatchObject([{ version: write, key: 'soc-1' }]);
  });
});

describe('the check', () => {
  const inspected = async (port: number, settings = {}) =>
    (await sinkOf(port, settings).inspect!(context.signal, [])).tested;

  it('asks for the topic, the right and the leaders, and writes nothing', async () => {
    const second = await kafkaBroker();
    const leaders = [
      { node: 2, port: second.port },
      { node: 2, port: second.port },
    ];
    const { port, written } = await kafkaBroker({ leaders });
    expect(await inspected(port)).toBe(
      'answers in clear, and every leader of the topic’s partitions (2) does',
    );
    expect(second.open.ever).toBe(1);
    expect([...written, ...second.written]).toEqual([]);
  });

  it('says what the broker does not tell', async () => {
    const { port } = await kafkaBroker({ topic: () => ({ operations: -2_147_483_648 }) });
    expect(await inspected(port)).toContain('. Not tried: the right to write');
  });

  it('finds out that this user may not write', async () => {
    const { port } = await kafkaBroker({ topic: () => ({ operations: 1 << 8 }) });
    const failed = await adapterError(inspected(port));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
    expect(failed.message).toContain('does not let this user write');
  });

  it('finds out that the topic has gone since', async () => {
    let code = 0;
    const { port } = await kafkaBroker({ topic: () => ({ code }) });
    const sink = sinkOf(port);
    await sink.check!(context.signal);
    code = 3;
    const failed = await adapterError(sink.check!(context.signal));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain(`has no topic ${topic}`);
  });

  it('finds out that a leader is not there', async () => {
    const { port } = await kafkaBroker({ leaders: [undefined] });
    expect(await adapterError(inspected(port))).toMatchObject({
      outcome: 'retry',
      reason: 'server_error',
    });
  });
});

describe('a setting', () => {
  test.each<[string, object, (string | number)[], string]>([
    ['a name that no topic has', { topic: 'a/b' }, ['topic'], 'is no name of a topic'],
    ['a name of dots alone', { topic: '..' }, ['topic'], 'is no name of a topic'],
    ['a URL for a broker', { brokers: ['kafka://a'] }, ['brokers', 0], 'is no host:port'],
    ['no broker', { brokers: [] }, ['brokers'], 'Too small'],
    ['an unknown mechanism', { mechanism: 'GSSAPI' }, ['mechanism'], 'Invalid option'],
    ['a password alone', { password: 'x' }, ['username'], 'is missing, and password'],
  ])('%s is refused', (_title, settings, path, problem) => {
    const { error } = kafka.config.safeParse({ ...kafka.example, ...settings });
    expect(error?.issues).toMatchObject([{ path, message: expect.stringContaining(problem) }]);
  });
});
