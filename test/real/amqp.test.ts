// The sink amqp against RabbitMQ: what it keeps, what it refuses and in which words, and what becomes
// of messages when it dies.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { adapterError } from '../contract/adapter-cases.ts';
import { context, sinkOf } from '../sinks/amqp/amqp-broker.ts';
import { trustEverything } from '../sinks/email/mail-server.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { expectHostileRecord, hostileEvent } from './hostile.ts';
import { describeReal, program, RealServer, serverFolder } from './real-server.ts';

const message = messageOf(hostileEvent());
const [vhost, durable] = ['soc', { vhost: 'soc', durable: true, auto_delete: false }];
const login = { username: 'tocsin', password: 'hunter2-hunter2', vhost };
const all = { configure: '.*', write: '.*', read: '.*' };
const pem = (name: string) =>
  fileURLToPath(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url));

/** One exchange; `tocsin` and `full` lead from there to queues, of which the second takes nothing. */
const definitions = {
  users: [
    { name: 'tocsin', password: login.password, tags: '' },
    { name: 'reader', password: 'reads-reads', tags: '' },
  ],
  vhosts: [{ name: vhost }, { name: 'other' }],
  permissions: [
    { user: 'tocsin', vhost, ...all },
    { user: 'reader', vhost, ...all, write: '' },
  ],
  exchanges: [{ name: 'security', ...durable, type: 'topic', internal: false, arguments: {} }],
  queues: [
    { name: 'events', ...durable, arguments: {} },
    {
      ...{ name: 'full', ...durable },
      arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' },
    },
  ],
  bindings: ['events', 'full'].map((destination) => ({
    ...{ source: 'security', vhost, destination, destination_type: 'queue', arguments: {} },
    routing_key: destination === 'events' ? 'tocsin' : destination,
  })),
};

/** @param more lines for its configuration */
async function startRabbit(more = '') {
  const folder = serverFolder('rabbitmq');
  const [port, securePort, namesPort, nodePort] = await Promise.all(
    Array.from({ length: 4 }, closedPort),
  );
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const config = `listeners.tcp.1 = 127.0.0.1:${port}
listeners.ssl.1 = 127.0.0.1:${securePort}
ssl_options.certfile = ${pem('certificate')}
ssl_options.keyfile = ${pem('key')}
load_definitions = ${file('definitions.json', JSON.stringify(definitions))}
max_message_size = 60000
log.file = false
log.console = true
${more}
`;
  // Where Erlang's nodes find each other; in the background it would outlive the test.
  const names = spawn(program('epmd'), ['-address', '127.0.0.1', '-port', String(namesPort)]);
  onTestFinished(() => void names.kill('SIGKILL'));
  const server = new RealServer({
    program: program('rabbitmq-server'),
    args: [],
    env: {
      ...{ HOME: folder, ERL_EPMD_ADDRESS: '127.0.0.1', ERL_EPMD_PORT: String(namesPort) },
      RABBITMQ_NODENAME: `tocsin-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(nodePort),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      RABBITMQ_CONFIG_FILE: file('rabbitmq.conf', config),
      RABBITMQ_CONF_ENV_FILE: file('empty.conf', ''),
      RABBITMQ_ENABLED_PLUGINS_FILE: file('plugins', '[].'),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_LOGS: '-',
    },
    isReady: (said) => expect(said).toContain('Server startup complete'),
  });
  await server.start();
  return { port: port!, securePort: securePort!, server };
}

/** The next message of the queue, which it is taken from. */
async function taken(port: number) {
  const { username, password } = login;
  const connection = await connect({ hostname: '127.0.0.1', port, username, password, vhost });
  const channel = await connection.createChannel();
  const found = await channel.get('events', { noAck: true });
  await connection.close();
  if (found === false) return undefined;
  const { messageId, deliveryMode } = found.properties;
  return { messageId, deliveryMode, record: JSON.parse(found.content.toString()) };
}

describeReal('RabbitMQ', { programs: ['rabbitmq-server', 'epmd'] }, () => {
  test('keeps each message under its id, and through its own death', async () => {
    const { port, server } = await startRabbit();
    const sink = sinkOf(port, login);
    await sink.check!(context.signal);
    const { tested } = await sink.inspect!(context.signal, []);
    expect(tested).toContain('the exchange is there');
    await sink.send(message, context);
    const first = await taken(port);
    expect(first).toMatchObject({ messageId: 'soc-1', deliveryMode: 2 });
    expectHostileRecord(first!.record, 'soc-1');
    const many = Array.from({ length: 50 }, (_, n) => `many-${n}`);
    await Promise.all(many.map((deliveryId) => sink.send(message, { ...context, deliveryId })));

    await server.kill();
    expect(await adapterError(sink.send(message, context))).toMatchObject({ outcome: 'retry' });
    await server.start();
    await sink.send(message, { ...context, deliveryId: 'soc-2' });
    const kept: string[] = [];
    for (let one = await taken(port); one !== undefined; one = await taken(port))
      kept.push(one.messageId);
    expect(kept.toSorted()).toEqual([...many, 'soc-2'].toSorted());
    await sink.close!();
  });

  test('says what is wrong, and takes the next message all the same', async () => {
    const { port } = await startRabbit();
    const failing = async (settings: object, sent = message) => {
      const sink = sinkOf(port, { ...login, ...settings });
      const error = await adapterError(sink.send(sent, context));
      await sink.close!();
      return error;
    };
    const auth = { outcome: 'reject_sink', reason: 'auth' };
    const config = { outcome: 'reject_sink', reason: 'bad_config' };
    expect(await failing({ password: 'wrong' })).toMatchObject(auth);
    expect(await failing({ username: 'nobody' })).toMatchObject(auth);
    expect(await failing({ username: 'reader', password: 'reads-reads' })).toMatchObject(auth);
    expect(await failing({ vhost: 'other' })).toMatchObject(config);
    expect(await failing({ vhost: 'absent' })).toMatchObject(config);
    expect(await failing({ exchange: 'absent' })).toMatchObject(config);
    expect((await failing({ routing_key: 'nobody' })).message).toContain('no queue is bound');
    expect(await failing({ routing_key: 'full' })).toMatchObject({ outcome: 'retry' });
    const large = messageOf(storedEvent({ body: { description: 'x'.repeat(90_000) } }));
    const tooLarge = { outcome: 'reject_event', reason: 'too_large' };
    expect(await failing({}, large)).toMatchObject(tooLarge);

    const sink = sinkOf(port, login);
    expect(await adapterError(sink.send(large, context))).toMatchObject(tooLarge);
    await sink.send(message, { ...context, deliveryId: 'soc-2' });
    expect(await taken(port)).toMatchObject({ messageId: 'soc-2' });
    await sink.close!();
  });

  test('is spoken to over TLS, once its certificate is trusted', async () => {
    const { port, securePort } = await startRabbit();
    const sink = () => sinkOf(securePort, { ...login, tls: true });
    const distrusted = await adapterError(sink().send(message, context));
    expect(distrusted).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    const inClear = await adapterError(
      sinkOf(port, { ...login, tls: true }).send(message, context),
    );
    expect(inClear.message).toContain('agree on no encryption');
    trustEverything();
    await sink().send(message, context);
    expect(await taken(port)).toMatchObject({ messageId: 'soc-1' });
  });

  test('that has no room lets a message wait until its time is over', async () => {
    const { port } = await startRabbit('vm_memory_high_watermark.absolute = 10MB');
    const sink = sinkOf(port, login);
    const signal = AbortSignal.timeout(2_000);
    await expect(sink.send(message, { ...context, signal })).rejects.toThrow('timeout');
    expect(await taken(port)).toBeUndefined();
  });
});
