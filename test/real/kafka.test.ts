// The sink kafka against Apache Kafka itself, one broker in KRaft mode, read by Kafka's own consumer.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { expect, onTestFinished, test } from 'vitest';
import type { AdapterError } from '../../src/kit/errors.ts';
import type { Sink } from '../../src/kit/sink.ts';
import { adapterError } from '../contract/adapter-cases.ts';
import { context, sinkOf, topic } from '../sinks/kafka/kafka-broker.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { expectHostileRecord, hostileEvent } from './hostile.ts';
import { cached, describeReal, program, RealServer, serverFolder } from './real-server.ts';

const jars = cached('kafka-4.4.0');
const password = 'hunter2-hunter2';
const logins = {
  writer: { username: 'tocsin', password },
  guest: { username: 'guest', password },
};

const java = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const classes = ['-cp', join(jars, '*')];
const run = promisify(execFile);
const called = async (...args: string[]) =>
  (await run(program('java'), [...java, ...classes, ...args], { timeout: 200_000 })).stdout;

const pem = (name: string) =>
  readFileSync(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url), 'utf8')
    .trim()
    .replaceAll('\n', ' \\\n  ');

interface Ports {
  readonly clear: number;
  readonly sasl: number;
  readonly tls: number;
  readonly control: number;
}

function settingsOf(folder: string, { clear, sasl, tls, control }: Ports): string {
  const at = (name: string, port: number) => `${name}://127.0.0.1:${port}`;
  const open = [at('CLEAR', clear), at('SASL', sasl), at('TLS', tls)].join(',');
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const users = Object.values(logins).map((one) => `user_${one.username}="${one.password}"`);
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${control}
listeners=${open},${at('CONTROL', control)}
advertised.listeners=${open}
listener.security.protocol.map=CLEAR:PLAINTEXT,CONTROL:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL
controller.listener.names=CONTROL
inter.broker.listener.name=CLEAR
log.dirs=${folder}/logs
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
auto.create.topics.enable=true
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:tocsin
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=${plain} required ${users.join(' ')};
listener.name.sasl.scram-sha-256.sasl.jaas.config=${scram}
listener.name.sasl.scram-sha-512.sasl.jaas.config=${scram}
listener.name.tls.ssl.keystore.type=PEM
listener.name.tls.ssl.keystore.certificate.chain=${pem('certificate')}
listener.name.tls.ssl.keystore.key=${pem('key')}
`;
}

async function startKafka() {
  const folder = serverFolder('kafka');
  const [clear, sasl, tls, control] = await Promise.all(Array.from({ length: 4 }, closedPort));
  const ports = { clear: clear!, sasl: sasl!, tls: tls!, control: control! };
  const file = join(folder, 'server.properties');
  writeFileSync(file, settingsOf(folder, ports));
  const scram = ['256', '512'].flatMap((bits) =>
    Object.values(logins).flatMap((one) => [
      '--add-scram',
      `SCRAM-SHA-${bits}=[name=${one.username},password=${one.password}]`,
    ]),
  );
  const format = ['format', '-t', 'dG9jc2luLXRlc3RzLTAwMQ', '-c', file];
  await called('kafka.tools.StorageTool', ...format, ...scram);
  const admin = new Admin({ clientId: 'tests', bootstrapBrokers: [`127.0.0.1:${clear}`] });
  onTestFinished(() => admin.close());
  const server = new RealServer({
    program: program('java'),
    args: [...java, ...classes, 'kafka.Kafka', file],
    isReady: () => admin.listTopics(),
  });
  await server.start();
  /** @returns the records so far, as Kafka's own consumer prints them */
  const records = async (count: number) => {
    const reader = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
    const shown = ['key', 'headers', 'partition'].flatMap((name) => [
      ...['--formatter-property', `print.${name}=true`],
    ]);
    const what = ['--from-beginning', '--max-messages', `${count}`, '--timeout-ms', '60000'];
    const where = ['--bootstrap-server', `127.0.0.1:${clear}`, '--topic', topic];
    const printed = await called(reader, ...where, ...what, ...shown);
    return printed
      .split('\n')
      .filter((line) => line.startsWith('Partition:'))
      .map((line) => {
        const [partition, headers, key, body] = line.split('\t');
        return { partition, headers, key, body: JSON.parse(body!) as unknown };
      });
  };
  return { ports, server, admin, records };
}

const message = messageOf(hostileEvent());

/**
 * As often as core does, since a broker may learn later than its controller that it leads. None of
 * these answers follows a message that is stored.
 */
async function deliver(sink: Sink, deliveryId: string): Promise<void> {
  const once = () => sink.send(message, { ...context, deliveryId });
  const attempt = async () => {
    const failed = await once().then(
      () => undefined,
      (error: AdapterError) => error,
    );
    return failed === undefined ? 'sent' : `${failed.outcome}: ${failed.message}`;
  };
  await expect.poll(attempt, { timeout: 60_000 }).toBe('sent');
}

describeReal('Kafka', { programs: ['java'], folder: jars }, () => {
  test('keeps each message in a topic that exists, over a restart', async () => {
    const { ports, server, admin, records } = await startKafka();
    const sink = sinkOf(ports.clear);
    const nowhere = await adapterError(sink.send(message, context));
    expect(nowhere).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(nowhere.message).toContain(`has no topic ${topic}`);
    expect(await admin.listTopics()).not.toContain(topic);

    const configs = [{ name: 'max.message.bytes', value: '60000' }];
    await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1, configs });
    await Promise.all(['soc-1', 'soc-2', 'soc-3'].map((id) => deliver(sink, id)));
    await deliver(sink, 'soc-1');
    const { tested } = await sink.inspect!(context.signal, []);
    expect(tested).toBe('answers in clear, and every leader of the topic’s partitions (3) does');
    const large = messageOf(storedEvent({ body: { description: 'x'.repeat(90_000) } }));
    expect(await adapterError(sink.send(large, context))).toMatchObject({
      ...{ outcome: 'reject_event', reason: 'too_large' },
    });

    await server.kill();
    expect((await adapterError(sink.send(message, context))).outcome).toBe('retry');
    await server.start();
    await deliver(sink, 'soc-4');

    const kept = await records(5);
    expect(kept.map(({ key }) => key).sort()).toEqual([
      'soc-1',
      'soc-1',
      'soc-2',
      'soc-3',
      'soc-4',
    ]);
    for (const { key, headers, body } of kept) {
      expect(headers).toBe(`tocsin-delivery:${key},content-type:application/json`);
      expectHostileRecord(body, key!);
    }
    const of = (wanted: string) => kept.filter(({ key }) => key === wanted);
    expect(new Set(of('soc-1').map(({ partition }) => partition)).size).toBe(1);
    await sink.close!();
  });

  test('takes each login, and refuses who may not write', async () => {
    const { ports, admin } = await startKafka();
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      const login = (settings: object) => sinkOf(ports.sasl, { mechanism, ...settings });
      await deliver(login(logins.writer), 'soc-1');
      expect((await login(logins.writer).inspect!(context.signal, [])).tested).toContain(
        'takes the login',
      );
      const wrong = await adapterError(
        login({ ...logins.writer, password: 'wrong' }).send(message, context),
      );
      expect(wrong).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
      expect(wrong.message).toContain('refuses the login');
      for (const call of ['send', 'check'] as const) {
        const sink = login(logins.guest);
        const refused = await adapterError(
          call === 'send' ? sink.send(message, context) : sink.check!(context.signal),
        );
        expect(refused).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
        expect(refused.message).toContain('does not let this user write');
      }
    }
    const none = await adapterError(sinkOf(ports.sasl).send(message, context));
    expect(none.message).toContain('If it wants a login');
    const needless = await adapterError(sinkOf(ports.clear, logins.writer).send(message, context));
    expect(needless).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(needless.message).toContain('takes no login there');
  });

  test('speaks TLS where it is to, and not elsewhere', async () => {
    const { ports, admin } = await startKafka();
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    const untrusted = await adapterError(sinkOf(ports.tls, { tls: true }).send(message, context));
    expect(untrusted.message).toMatch(/not trusted/);
    const clear = await adapterError(sinkOf(ports.clear, { tls: true }).send(message, context));
    expect(clear).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    const unspoken = await adapterError(sinkOf(ports.tls).send(message, context));
    expect(unspoken.outcome).toBe('retry');
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    await deliver(sinkOf(ports.tls, { tls: true }), 'soc-1');
  });
});
