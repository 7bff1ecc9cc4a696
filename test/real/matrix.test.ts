// The sink matrix against Synapse: what a room has of a message, by the eyes of somebody else in it.
import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { matrix } from '../../src/sinks/matrix/index.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { syntaxes } from '../contract/syntaxes/index.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { hostileEvent } from './hostile.ts';
import { describeReal, program, RealServer, serverFolder } from './real-server.ts';

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };
const sharedSecret = 'the-secret-of-this-test';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** @param messageBurst after so many messages at once, one each five seconds is taken */
async function startSynapse(messageBurst = 100) {
  const folder = serverFolder('synapse');
  const port = await closedPort();
  const origin = `http://127.0.0.1:${port}`;
  const key = join(folder, 'signing.key');
  writeFileSync(key, `ed25519 a_test ${randomBytes(32).toString('base64').replace(/=+$/, '')}\n`);
  const often = { per_second: 100, burst_count: 100 };
  const config = {
    server_name: 'example.com',
    listeners: [
      { port, type: 'http', bind_addresses: ['127.0.0.1'], resources: [{ names: ['client'] }] },
    ],
    database: { name: 'sqlite3', args: { database: join(folder, 'homeserver.db') } },
    ...{ media_store_path: join(folder, 'media'), signing_key_path: key },
    ...{ registration_shared_secret: sharedSecret, macaroon_secret_key: sharedSecret },
    ...{ report_stats: false, trusted_key_servers: [], pid_file: join(folder, 'pid') },
    rc_message: { per_second: 0.2, burst_count: messageBurst },
    rc_registration: often,
  };
  const file = join(folder, 'homeserver.yaml');
  writeFileSync(file, JSON.stringify(config));
  const call = async (method: string, path: string, token?: string, body?: object) => {
    const answer = await fetch(`${origin}/_${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() } as Answer;
  };
  const server = new RealServer({
    program: program('synapse_homeserver'),
    args: ['--config-path', file],
    isReady: () => call('GET', 'matrix/client/versions'),
  });
  await server.start();
  const registered = async (username: string): Promise<string> => {
    const place = 'synapse/admin/v1/register';
    const { nonce } = (await call('GET', place)).body as { nonce: string };
    const fields = [nonce, username, 'a-password', 'notadmin'];
    const mac = createHmac('sha1', sharedSecret).update(fields.join('\0')).digest('hex');
    const person = { nonce, username, password: 'a-password', admin: false, mac };
    return String((await call('POST', place, undefined, person)).body.access_token);
  };
  const [ana, token] = [await registered('ana'), await registered('tocsin')];
  /** Made by Ana. */
  const roomOf = async (state: readonly object[] = [], invite = ['@tocsin:example.com']) => {
    const wanted = { preset: 'private_chat', invite, initial_state: state };
    const { body } = await call('POST', 'matrix/client/v3/createRoom', ana, wanted);
    const room = String(body.room_id);
    if (invite.length > 0) await call('POST', `matrix/client/v3/join/${room}`, token, {});
    return room;
  };
  /** All messages of the room, oldest first, as Ana gets them. */
  const timeline = async (room: string) => {
    const query = '?dir=f&limit=200&filter={"types":["m.room.message"]}';
    const path = `matrix/client/v3/rooms/${room}/messages${query}`;
    return (await call('GET', path, ana)).body.chunk as readonly RoomEvent[];
  };
  return { origin, token, server, call, ana, roomOf, timeline };
}

interface RoomEvent {
  readonly event_id: string;
  readonly sender: string;
  readonly content: {
    readonly body: string;
    readonly formatted_body: string;
    readonly 'm.mentions': object;
    readonly 'm.new_content'?: { readonly body: string };
    readonly 'm.relates_to'?: { readonly rel_type: string; readonly event_id: string };
  };
}

function sinkOf(origin: string, settings: { readonly token: string; readonly room: string }) {
  return matrix.create(matrix.config.parse({ url: origin, ...settings }), adapterContext());
}

describeReal('Synapse', { programs: ['synapse_homeserver'] }, () => {
  test('shows a message once, its edits and its replies, also after its own death', async () => {
    const { origin, token, server, roomOf, timeline } = await startSynapse();
    const room = await roomOf();
    const sink = sinkOf(origin, { token, room });
    await sink.check!(context.signal);
    expect((await sink.inspect!(context.signal, [])).tested).toContain('@tocsin:example.com');
    const message = messageOf(hostileEvent(), {}, sink);
    const { remoteId } = (await sink.send(message, context))!;
    const again = { ...context, attempt: 2 };
    expect(await sink.send(message, again)).toMatchObject({ remoteId });
    const [shown, ...more] = await timeline(room);
    expect(more).toEqual([]);
    expect(remoteId).toBe(`${room} ${shown!.event_id}`);
    expect(shown).toMatchObject({ sender: '@tocsin:example.com', content: { 'm.mentions': {} } });
    const { seen, active } = syntaxes['matrix html'](shown!.content.formatted_body);
    const harmless = messageOf(storedEvent(), {}, sink);
    await sink.send(harmless, { ...context, deliveryId: 'soc-2' });
    const other = syntaxes['matrix html']((await timeline(room))[1]!.content.formatted_body);
    expect(seen).toContain('<script>alert(1)</script>');
    expect(new Set(active)).toEqual(new Set(other.active));

    await server.kill();
    const away = await adapterError(sink.send(message, { ...context, deliveryId: 'soc-3' }));
    expect(away).toMatchObject({ outcome: 'retry', reason: 'connection' });
    await server.start();
    expect(await sink.send(message, again)).toMatchObject({ remoteId });
    await sink.send(message, { ...context, deliveryId: 'soc-3' });
    await sink.edit!(remoteId!, harmless, context);
    await sink.reply!(remoteId!, harmless, { ...context, deliveryId: 'soc-4' });
    const all = await timeline(room);
    expect(all.map(({ content }) => content['m.relates_to']?.rel_type)).toEqual([
      ...[undefined, undefined, undefined],
      ...['m.replace', 'm.thread'],
    ]);
    for (const { content } of all.slice(3))
      expect(content['m.relates_to']!.event_id).toBe(shown!.event_id);
    expect(all[3]!.content['m.new_content']!.body).toContain('ACCT-PC-07');
  });

  test('says what is wrong: the login, the room, its encryption, a message that is gone', async () => {
    const { origin, token, roomOf, call } = await startSynapse();
    const room = await roomOf();
    const message = messageOf(storedEvent());
    const auth = { outcome: 'reject_sink', reason: 'auth' };
    const failing = async (settings: { readonly token: string; readonly room: string }) => {
      const sink = sinkOf(origin, settings);
      const checked = await adapterError(sink.check!(context.signal));
      const sent = await adapterError(sink.send(message, context));
      return [checked, sent];
    };
    for (const settings of [
      { token: 'syt_wrong_wrong_wrong', room },
      { token, room: await roomOf([], []) },
      { token, room: '!absent:example.com' },
    ])
      for (const error of await failing(settings)) expect(error).toMatchObject(auth);

    const state = { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
    const secret = sinkOf(origin, { token, room: await roomOf([state]) });
    expect(await adapterError(secret.check!(context.signal))).toMatchObject({
      outcome: 'reject_sink',
      reason: 'bad_config',
    });

    const sink = sinkOf(origin, { token, room });
    const gone = { outcome: 'reject_event', reason: 'gone' };
    const absent = `${room} $absent-absent-absent-absent-absent-absent-abse`;
    expect(await adapterError(sink.reply!(absent, message, context))).toMatchObject(gone);
    expect(await adapterError(sink.edit!(absent, message, context))).toMatchObject(gone);

    await call('POST', 'matrix/client/v3/logout', token, {});
    expect(await adapterError(sink.send(message, context))).toMatchObject(auth);
  });

  test('that limits messages says how long to wait', async () => {
    const { origin, token, roomOf } = await startSynapse(3);
    const sink = sinkOf(origin, { token, room: await roomOf() });
    const message = messageOf(storedEvent());
    const sendMany = async () => {
      for (let n = 0; n < 10; n += 1)
        await sink.send(message, { ...context, deliveryId: `soc-${n}` });
    };
    const limited = await adapterError(sendMany());
    expect(limited).toMatchObject({ outcome: 'retry', reason: 'rate_limited' });
    expect(limited.retryAfterMs).toBeGreaterThan(100);
    expect(limited.retryAfterMs).toBeLessThan(10_000);
  });
});
