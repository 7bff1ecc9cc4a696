// The sink mqtt against Mosquitto.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { adapterError } from '../contract/adapter-cases.ts';
import { context, sinkOf } from '../sinks/mqtt/mqtt-broker.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { expectHostileRecord, hostileEvent } from './hostile.ts';
import { describeReal, program, RealServer, serverFolder } from './real-server.ts';

const message = messageOf(hostileEvent());
const login = { username: 'tocsin', password: 'hunter2-hunter2' };

async function startMosquitto() {
  const folder = serverFolder('mqtt');
  const port = await closedPort();
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, `tocsin:${login.password}\n`, { mode: 0o600 });
  spawnSync(program('mosquitto_passwd'), ['-U', passwords]);
  const rights = join(folder, 'rights');
  writeFileSync(rights, 'user tocsin\ntopic readwrite security/#\n', { mode: 0o600 });
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(
    file,
    `user root\nlistener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nacl_file ${rights}\nmax_packet_size 20000\n`,
  );
  const isReady = (said: string) => expect(said).toMatch(/ running$/m);
  const args = ['-c', file, '-v'];
  const server = new RealServer({ program: program('mosquitto'), args, isReady });
  return { port, server: await server.start() };
}

describeReal('Mosquitto', { programs: ['mosquitto', 'mosquitto_passwd'] }, () => {
  describe.each(['5', '3.1.1'])('version %s', (version) => {
    test('gives a message to who has subscribed, and says when there is nobody', async () => {
      const { port, server } = await startMosquitto();
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
      expectHostileRecord(JSON.parse(bodies[0]!), 'soc-1');
      await Promise.all(Array.from({ length: 50 }, () => sink.send(message, context)));
      await expect.poll(() => bodies.length).toBe(51);

      await server.kill();
      expect(await adapterError(sink.send(message, context))).toMatchObject({ outcome: 'retry' });
      await server.start();
      // It subscribes again by itself once it has found the way back.
      await expect.poll(() => reader.connected, { timeout: 30_000 }).toBe(true);
      await expect
        .poll(() => sink.send(message, { ...context, deliveryId: 'soc-2' }).then(() => 'sent'), {
          timeout: 30_000,
        })
        .toBe('sent');
      await expect.poll(() => bodies.at(-1)).toContain('"delivery_id":"soc-2"');
      await sink.close!();
    });

    test('refuses a wrong password and a topic without rights', async () => {
      const { port } = await startMosquitto();
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
});
