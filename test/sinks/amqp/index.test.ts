// The sink amqp over a broker of the tests: the suite of all sinks, what is sent, the check, and the
// settings.
import { describe, expect, it, test } from 'vitest';
import { amqp } from '../../../src/sinks/amqp/index.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { describeSink, skipsWithoutHttp } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { amqpBroker, context, sinkOf } from './amqp-broker.ts';

const message = messageOf(storedEvent());

describeSink(amqp, {
  async start(temper) {
    if (temper === 'hung')
      return { sink: sinkOf((await amqpBroker({ login: 'hang' })).port), received: () => [] };
    const { published, port } = await amqpBroker();
    return { sink: sinkOf(port), received: () => published.map(({ body }) => body) };
  },
  data: ({ body }) => JSON.parse(body) as unknown,
  skip: {
    ...skipsWithoutHttp('AMQP has no statuses of HTTP, and no headers of its answers'),
    'a far end that hangs is given up and tried again':
      'the caller’s signal is the one time-out, see the abort',
  },
});

it('is persistent and mandatory, and has the id of its delivery', async () => {
  const { port, published } = await amqpBroker();
  await sinkOf(port).send(message, context);
  const { body, ...head } = published[0]!;
  expect(head).toEqual({
    ...{ exchange: 'security', routingKey: 'tocsin', isMandatory: true, deliveryMode: 2 },
    ...{ contentType: 'application/json', messageId: 'soc-1' },
  });
  expect(JSON.parse(body)).toMatchObject({ delivery_id: 'soc-1', kind: 'event' });
});

it('is a Detection Finding where that is asked for', async () => {
  const { port, published } = await amqpBroker();
  await sinkOf(port, { format: 'ocsf' }).send(message, context);
  expect(JSON.parse(published[0]!.body)).toMatchObject({ class_uid: 2004 });
});

describe('the check', () => {
  it.each([
    [{}, 'security', 'the exchange'],
    [{ exchange: '', routing_key: 'events' }, 'events', 'the queue'],
  ])('of %j asks for %s, and publishes nothing', async (settings, asked, what) => {
    const names: string[] = [];
    const { port, published } = await amqpBroker({
      ask(name) {
        names.push(name);
        return 'yes';
      },
    });
    expect(await sinkOf(port, settings).inspect!(context.signal, [])).toEqual({
      tested: `answers in clear, and ${what} is there. Not tried: the right to publish`,
      remarks: [],
    });
    expect(names).toEqual([asked]);
    expect(published).toEqual([]);
  });

  it('finds out that there is no such exchange', async () => {
    const { port } = await amqpBroker({ ask: () => ({ of: 'channel', code: 404 }) });
    const failed = await adapterError(sinkOf(port).check!(context.signal));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('has no such exchange');
  });

  it('says what a user without rights may not ask, and passes', async () => {
    const { port } = await amqpBroker({ ask: () => ({ of: 'channel', code: 403 }) });
    const { tested } = await sinkOf(port).inspect!(context.signal, []);
    expect(tested).toContain('Not tried: whether the exchange is there');
  });
});

test.each<[string, object, string, string]>([
  ['neither exchange nor queue', { exchange: '', routing_key: '' }, 'routing_key', 'is empty'],
  ['a URL for a broker', { broker: 'amqp://a' }, 'broker', 'is no host:port'],
  ['a long name', { exchange: 'ü'.repeat(128) }, 'exchange', 'has more than 255 bytes'],
  ['no virtual host', { vhost: '' }, 'vhost', 'Too small'],
])('%s is refused', (_title, settings, key, problem) => {
  const { error } = amqp.config.safeParse({ ...amqp.example, ...settings });
  expect(error?.issues).toMatchObject([{ path: [key], message: expect.stringContaining(problem) }]);
});
