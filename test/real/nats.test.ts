// The sink nats against the server of the NATS project itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect, request } from '../../src/sinks/nats/connection.ts';
import { adapterError } from '../contract/adapter-cases.ts';
import { context, sinkOf, subject } from '../sinks/nats/nats-server.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { expectHostileRecord, hostileEvent } from './hostile.ts';
import { describeReal, program, RealServer, serverFolder } from './real-server.ts';

const message = messageOf(hostileEvent());

async function startNats() {
  const folder = serverFolder('nats');
  const port = await closedPort();
  const file = join(folder, 'server.conf');
  writeFileSync(
    file,
    `listen: 127.0.0.1:${port}
jetstream { store_dir: "${folder}" }
max_payload: 8MB
accounts {
  SOC { jetstream: enabled, users: [
    { user: tocsin, password: hunter2-hunter2 },
    { user: guest, password: guest-guest, permissions: { publish: ["other"] } } ] }
  BARE { users: [{ user: bare, password: bare-bare }] }
}`,
  );
  const isReady = (said: string) => expect(said).toMatch(/Server is ready/);
  const server = new RealServer({ program: program('nats-server'), args: ['-c', file], isReady });
  return { port, server: await server.start() };
}

describeReal('NATS', { programs: ['nats-server'] }, () => {
  test('stores each message once, and keeps it over a restart', async () => {
    const { port, server } = await startNats();
    const login = { username: 'tocsin', password: 'hunter2-hunter2' };
    const sink = sinkOf(port, login);
    const failed = await adapterError(sink.send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('no stream takes the subject');

    const admin = async (question: string, body: object) => {
      const connection = await connect(
        { addresses: [`127.0.0.1:${port}`], tls: undefined, ...login },
        context.signal,
      );
      const answer = await request(connection, `$JS.API.${question}`, JSON.stringify(body));
      await connection.close();
      return JSON.parse(answer);
    };
    const stream = { name: 'EVENTS', subjects: ['security.>'], max_msg_size: 60_000 };
    const made = await admin('STREAM.CREATE.EVENTS', {
      ...stream,
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      num_replicas: 1,
      max_consumers: -1,
      max_msgs: -1,
      max_bytes: -1,
      max_age: 0,
    });
    expect(made.error).toBeUndefined();

    await sink.send(message, context);
    await sink.send(message, { ...context, attempt: 2 });
    await sink.send(message, { ...context, deliveryId: 'soc-2' });
    expect((await admin('STREAM.INFO.EVENTS', {})).state.messages).toBe(2);
    const got = await admin('STREAM.MSG.GET.EVENTS', { seq: 1 });
    expect(got.message.subject).toBe(subject);
    const data = JSON.parse(Buffer.from(got.message.data, 'base64').toString());
    expectHostileRecord(data, 'soc-1');
    expect((await sink.inspect!(context.signal, [])).tested).toContain('the stream EVENTS takes');

    const large = messageOf(storedEvent({ body: { description: 'x'.repeat(90_000) } }));
    expect(await adapterError(sink.send(large, { ...context, deliveryId: 'soc-3' }))).toMatchObject(
      {
        outcome: 'reject_event',
        reason: 'too_large',
      },
    );

    await server.kill();
    expect(await adapterError(sink.send(message, context))).toMatchObject({ outcome: 'retry' });
    await server.start();
    await sink.send(message, { ...context, deliveryId: 'soc-4' });
    expect((await admin('STREAM.INFO.EVENTS', {})).state.messages).toBe(3);
    await sink.close!();
  });

  test.each([
    ['a wrong password', { username: 'tocsin', password: 'wrong' }, 'auth', 'refuses the login'],
    ['no login', {}, 'auth', 'refuses the login'],
    ['no right', { username: 'guest', password: 'guest-guest' }, 'auth', 'does not let this user'],
    ['no JetStream', { username: 'bare', password: 'bare-bare' }, 'bad_config', 'has no JetStream'],
  ])('%s pauses the sink', async (_title, login, reason, text) => {
    const { port } = await startNats();
    const failed = await adapterError(sinkOf(port, login).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason });
    expect(failed.message).toContain(text);
  });
});
