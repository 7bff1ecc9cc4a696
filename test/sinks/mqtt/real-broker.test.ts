// The sink mqtt against Mosquitto, where its program is there.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { adapterError } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { closedPort } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';
import { context, sinkOf } from './mqtt-broker.ts';

const isThere = spawnSync('mosquitto', ['-h']).error === undefined;
const message = messageOf(storedEvent());
const login = { username: 'tocsin', password: 'hunter2-hunter2' };

async function running(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-mqtt-'));
  const port = await closedPort();
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, `tocsin:${login.password}\n`, { mode: 0o600 });
  spawnSync('mosquitto_passwd', ['-U', passwords]);
  const rights = join(folder, 'rights');
  writeFileSync(rights, 'user tocsin\ntopic readwrite security/#\n', { mode: 0o600 });
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(
    file,
    `user root\nlistener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nacl_file ${rights}\nmax_packet_size 20000\n`,
  );
  const broker = spawn('mosquitto', ['-c', file, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve) => {
    broker.stderr.on('data', (chunk) => {
      if (/ running$/m.test(String(chunk))) resolve();
    });
  });
  onTestFinished(async () => {
    broker.kill('SIGKILL');
    await once(broker, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  return port;
}

describe.skipIf(!isThere).each(['5', '3.1.1'])('Mosquitto, version %s', (version) => {
  test('gives a message to who has subscribed, and says when there is nobody', async () => {
    const port = await running();
    const sink = sinkOf(port, { ...login, version });
    const alone = await sink.send(message, context).catch((error) => error.message);
    if (version === '5') expect(alone).toContain('nobody has subscribed to the topic');

    const reader = mqtt.connect({ host: '127.0.0.1', port, protocol: 'mqtt', ...login });
    onTestFinished(() => void reader.end(true));
    const bodies: string[] = [];
    reader.on('message', (_topic, body) => bodies.push(body.toString()));
    await new Promise<void>((resolve) => reader.once('connect', () => resolve()));
    await reader.subscribeAsync('security/#', { qos: 1 });
    await sink.send(message, context);
    await expect.poll(() => bodies.length).toBe(1);
    expect(JSON.parse(bodies[0]!)).toMatchObject({ delivery_id: 'soc-1', kind: 'event' });
    await Promise.all(Array.from({ length: 50 }, () => sink.send(message, context)));
    await sink.close!();
  });

  test('refuses a wrong password and a topic without rights', async () => {
    const port = await running();
    const wrong = sinkOf(port, { ...login, password: 'wrong', version });
    expect(await adapterError(wrong.send(message, context))).toMatchObject({
      outcome: 'reject_sink',
      reason: 'auth',
    });
    if (version !== '5') return;
    const other = sinkOf(port, { ...login, version, topic: 'other' });
    expect(await adapterError(other.send(message, context))).toMatchObject({
      outcome: 'reject_sink',
      reason: 'auth',
    });
    const large = messageOf(storedEvent({ body: { description: 'x'.repeat(30_000) } }));
    const failed = await adapterError(sinkOf(port, { ...login, version }).send(large, context));
    expect(failed).toMatchObject({ outcome: 'reject_event', reason: 'too_large' });
  });
});
