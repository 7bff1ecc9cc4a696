// The sink syslog: the suite of all sinks for each of its formats, and how long a message may be.
import { expect, it, test } from 'vitest';
import { syslog } from '../../../src/sinks/syslog/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { describeSink, skipsWithoutHttp } from '../../contract/sink-suite.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { type Received, startSocketServer } from '../../support/far-end.ts';
import { joinedTexts, saidBy, saidFile } from '../../support/said.ts';
import { messageOf } from '../../support/voice.ts';
import { readCef, readSyslog, startReceiver } from './receiver.ts';

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };

function sinkOf(port: number, more: object = {}) {
  const settings = { host: '127.0.0.1', port, transport: 'tcp', hostname: 'here', ...more };
  return syslog.create(syslog.config.parse(settings), adapterContext());
}

const harnessOf = (settings: object) => ({
  async start(temper: 'healthy' | 'hung') {
    if (temper === 'hung') {
      const port = await startSocketServer((socket) => {
        socket.allowHalfOpen = true;
      });
      return { sink: sinkOf(port, settings), received: () => [] };
    }
    const { port, received } = await startReceiver();
    return { sink: sinkOf(port, settings), received };
  },
  skip: {
    ...skipsWithoutHttp('syslog has no statuses, and no answers at all'),
    'a far end that hangs is given up and tried again':
      'it has no time-out of its own; the caller’s signal ends it, see the abort',
  },
});

describeSink(syslog, {
  ...harnessOf({ format: 'plain' }),
  reads: ({ body }: Received) => [
    {
      where: 'the message',
      syntax: 'text with links',
      text: readSyslog(body).message.replaceAll(' ⏎ ', '\n'),
    },
  ],
  exceeded({ body }: Received) {
    const bytes = Buffer.byteLength(body);
    return bytes > 8_192 ? [`a message of ${bytes} bytes`] : [];
  },
});

describeSink(syslog, {
  ...harnessOf({ format: 'json', max_bytes: 64_000_000 }),
  as: 'json',
  data: ({ body }: Received) => JSON.parse(readSyslog(body).message) as unknown,
});

describeSink(syslog, {
  ...harnessOf({ format: 'cef', max_bytes: 64_000_000 }),
  as: 'cef',
  data({ body }: Received) {
    const { params, message } = readSyslog(body);
    return { params, ...readCef(message) };
  },
  holds: [
    ...['externalId', 'type', 'status', 'action', 'lastAction', 'description', 'threatType'],
    ...['user', 'device.id', 'device.name', 'device.domain', 'file.name', 'file.path'],
    ...['file.hash', 'file.type', 'file.size', 'process.name', 'process.id'],
    ...['process.commandLine', 'parentProcess.name', 'parentProcess.id', 'tenant.name'],
  ],
});

test('each language says an event, a digest and a notice as the files show', async () => {
  const { port, received } = await startReceiver();
  const sink = sinkOf(port);
  for (const { locale, messages } of saidBy(sink)) {
    const before = received().length;
    for (const message of messages) await sink.send(message, context);
    const file = saidFile('syslog', locale);
    await expect(joinedTexts(received().slice(before))).toMatchFileSnapshot(file);
  }
});

it('refuses a message that the receiver would cut, so that a shorter one is made', async () => {
  const { port, received } = await startReceiver();
  const event = eventOfTexts(() => 'x'.repeat(400));
  for (const format of ['json', 'cef']) {
    const sink = sinkOf(port, { format });
    const error = await adapterError(sink.send(messageOf(event), context));
    expect(error).toMatchObject({ outcome: 'reject_event', reason: 'too_large' });
    expect(error.message).toContain('max_bytes of this sink is 8192');
    await sink.send(messageOf(event, { form: 'bare' }), context);
  }
  expect(received()).toHaveLength(2);
});

test('what is checked is that the receiver takes connections, without a message', async () => {
  const { port, received, connectionCount } = await startReceiver();
  const { check, inspect } = sinkOf(port);
  await check!(context.signal);
  expect((await inspect!(context.signal, [])).tested).toContain('takes connections in clear');
  expect(connectionCount()).toBe(2);
  expect(received()).toEqual([]);
  expect(sinkOf(port, { transport: 'udp' }).check).toBeUndefined();
});

test('its place says how messages go there, and the port of each transport', () => {
  const originOf = (settings: object) => {
    const config = syslog.config.parse({ host: 'Logs.example.com', ...settings });
    return syslog.create(config, adapterContext()).origin;
  };
  expect(originOf({})).toBe('syslog+tls://logs.example.com:6514');
  expect(originOf({ transport: 'udp' })).toBe('syslog+udp://logs.example.com:514');
});

test.each([
  [{ client_certificate: 'no PEM' }, 'client_certificate', 'no certificate'],
  [{ client_key: 'no PEM' }, 'client_key', 'no key'],
  [{ data_id: 'a b' }, 'data_id', 'no SD-ID'],
  [{ app_name: 'my app' }, 'app_name', 'letters of ASCII'],
  [{ hostname: 'hôte' }, 'hostname', 'letters of ASCII'],
])('%j is refused', (settings, key, problem) => {
  const { error } = syslog.config.safeParse({ host: 'logs.example.com', ...settings });
  const issue = { path: [key], message: expect.stringContaining(problem) };
  expect(error?.issues).toContainEqual(expect.objectContaining(issue));
});

test('an event is what one would look for in a log', async () => {
  const { port, received } = await startReceiver();
  await sinkOf(port, { facility: 'auth' }).send(messageOf(storedEvent({ severity: 5 })), context);
  const { priority, messageId, hostname, appName, dataId, params } = readSyslog(received()[0]!);
  expect(priority).toBe(4 * 8 + 2);
  expect({ messageId, hostname, appName, dataId }).toEqual({
    ...{ messageId: 'event', hostname: 'here', appName: 'tocsin', dataId: 'tocsin@32473' },
  });
  expect(params).toEqual({
    ...{ delivery: 'soc-1', event: '4711', source: 'di', severity: 'CRITICAL' },
    type: 'STATIC_ANALYSIS',
  });
});
