// The sink mqtt over a broker of the tests: the suite of all sinks, what is sent, the check, and the
// settings.
import { describe, expect, it, test } from 'vitest';
import { mqtt } from '../../../src/sinks/mqtt/index.ts';
import { describeSink, skipsWithoutHttp } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { context, mqttBroker, type Script, sinkOf } from './mqtt-broker.ts';

const message = messageOf(storedEvent());

for (const version of ['5', '3.1.1'])
  describe(`version ${version}`, () => {
    it('takes a message with QoS 1, that is not retained', async () => {
      const { port, published, logins } = await mqttBroker();
      await sinkOf(port, { version }).send(message, context);
      expect(logins[0]!.level).toBe(version === '5' ? 5 : 4);
      expect(published).toMatchObject([{ topic: 'security/tocsin', qos: 1, isRetained: false }]);
      const { contentType, userProperties, body } = published[0]!;
      expect(JSON.parse(body)).toMatchObject({ delivery_id: 'soc-1', kind: 'event' });
      if (version === '3.1.1') return;
      expect(contentType).toBe('application/json');
      expect(userProperties).toEqual({ 'tocsin-delivery': 'soc-1' });
    });
  });

describeSink(mqtt, {
  async start(temper) {
    if (temper === 'hung')
      return { sink: sinkOf((await mqttBroker(hanging)).port), received: () => [] };
    const { published, port } = await mqttBroker();
    return { sink: sinkOf(port), received: () => published.map(({ body }) => body) };
  },
  data: ({ body }) => JSON.parse(body) as unknown,
  skip: {
    ...skipsWithoutHttp('MQTT has no statuses of HTTP, and no headers of its answers'),
    'a far end that hangs is given up and tried again':
      'the caller’s signal is the one time-out, see the abort',
  },
});
const hanging: Script = { login: () => 'hang' };

it('is a Detection Finding where that is asked for', async () => {
  const { port, published } = await mqttBroker();
  await sinkOf(port, { format: 'ocsf' }).send(message, context);
  expect(JSON.parse(published[0]!.body)).toMatchObject({ class_uid: 2004 });
});

it('proves the login without a message, and says what it did not try', async () => {
  const { port, published, logins } = await mqttBroker();
  const sink = sinkOf(port, { username: 'tocsin', password: 'hunter2-hunter2' });
  expect(await sink.inspect!(context.signal, [])).toEqual({
    tested: 'answers in clear, and takes the login. Not tried: the right to publish',
    remarks: [],
  });
  expect(logins).toMatchObject([{ username: 'tocsin', password: 'hunter2-hunter2' }]);
  expect(published).toEqual([]);
});

test.each<[string, object, string, string]>([
  ['a wildcard', { topic: 'security/#' }, 'topic', 'is no topic'],
  ['a level of all', { topic: 'a/+/b' }, 'topic', 'is no topic'],
  ['a topic of the broker', { topic: '$SYS/x' }, 'topic', 'is no topic'],
  ['a URL for a broker', { broker: 'mqtt://mqtt.example.com' }, 'broker', 'is no host:port'],
  ['another version', { version: '4' }, 'version', 'expected one of'],
])('%s is refused', (_title, settings, key, problem) => {
  const { error } = mqtt.config.safeParse({ ...mqtt.example, ...settings });
  expect(error?.issues).toMatchObject([{ path: [key], message: expect.stringContaining(problem) }]);
});
