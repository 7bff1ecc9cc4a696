// What one configuration leaves to the next one in the same process, and what it prepares before it
// works.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { IncidentView } from '../../src/kit/incident.ts';
import { openGround } from '../../src/service/ground.ts';
import { Relay } from '../../src/service/relay.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { writePause } from '../../src/store/controls.ts';
import { listSilences } from '../../src/store/silences.ts';
import { quiet } from '../store/stored.ts';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { storedEvent } from '../support/events.ts';

/** @param yaml of a tocsin.yaml; the rest says the environment */
async function build(yaml = '{}') {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-relay-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const env = {
    DEEPINSTINCT_URL: 'http://127.0.0.1:9',
    TOKENS_KEY: 'key-of-an-api-connector',
    MATTERMOST_WEBHOOK_URL: 'http://127.0.0.1:9/hooks/abcdefghijklmnopqrstuvwxyz',
    ...environmentOf(database),
    DATA_DIR: directory,
    TOCSIN_CONFIG: 'tocsin.yaml',
  };
  const registries = { sources, sinks };
  const around = { config: loadConfig({ env, directory, registries }), version: 't', log: quiet };
  const ground = await openGround({ ...around, onFatal() {} });
  onTestFinished(() => ground.store.close());
  const relay = new Relay({ ...around, ...ground });
  onTestFinished(() => relay.close());
  return { ground, relay };
}

test('silences that recur are stored before a page is read', async () => {
  const { ground, relay } = await build(
    'silences: { recurring: [{ name: a, reason: r, times: [{ time_zone: UTC }], match: { types: [A] } }] }',
  );
  await ground.store.migrate();
  await relay.prepare();
  const listed = await listSilences(ground.store.db, { states: ['active', 'pending'], limit: 10 });
  expect(listed.map(({ state }) => state)).toEqual(['pending', 'active']);
});

test('a storm that a former worker of the sink saw begin, or its being paused, is not shown for ever', async () => {
  const { ground, relay } = await build();
  ground.metrics.sinkStorm.set({ sink: 'soc' }, 1);
  const role = relay.roles().find(({ name }) => name.startsWith('sink:'))!;
  const lease = {
    name: role.name,
    holder: '',
    epoch: 1,
    isHeld: () => false,
    outlasts: () => false,
    lose() {},
  };
  const worker = role.start(lease);
  ground.metrics.setSinkState('soc', 'paused');
  await worker.stop();
  const text = await ground.metrics.expose();
  expect(text).toContain('tocsin_sink_storm{sink="soc"} 0\n');
  expect(text).toContain('tocsin_sink_state{sink="soc",state="paused"} 0\n');
});

test('what an operator paused is known before anything is worked, and gets no notice past the database', async () => {
  const { ground, relay } = await build();
  await ground.store.migrate();
  const held = relay.roles().map(({ name }) => name);
  expect(relay.outageSinks(held).map(({ id }) => id)).toEqual(['soc']);
  await writePause(ground.store.db, {
    ...{ name: 'sink:soc', by: 'ann', reason: 'r', end: { forMs: 60_000 }, replaces: true },
  });
  await relay.prepare();
  expect(ground.controls.pauseOf('sink:soc')).toMatchObject({ by: 'ann' });
  expect(relay.outageSinks(held)).toEqual([]);
});

test('the chat of a sink that cannot edit composes what its posts become', async () => {
  const { relay } = await build(
    'sinks: { soc: { type: mattermost, url: "http://127.0.0.1:9/hooks/abc", people: [{ id: u }] } }',
  );
  const chat = relay.chatOf('soc')!;
  const incident: IncidentView = {
    ...{ id: 1, eventId: 17, state: 'resolved', version: 1, severity: 4, by: 'ana', via: 'chat' },
    ...{ changedAt: '2026-02-03T01:00:00.000Z', until: null, note: null, occurrences: 1 },
    ...{ lastSeenAt: null, escalatedTo: null },
  };
  const posted = { event: storedEvent({ id: 17 }), incident, remoteId: 'p', form: 'full' } as const;
  expect(
    chat.inAnswer!({ ...posted, done: 0, postedAt: '2026-02-03T08:00:00.000Z', attempts: 0 }),
  ).toMatchObject({
    message: expect.stringContaining('HIGH'),
    props: { attachments: [expect.anything()] },
  });
  expect(relay.chatOf('other')).toBeUndefined();
});
