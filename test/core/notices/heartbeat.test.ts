// An outside service is called while all is well, and only then; on a real Postgres behind a proxy
// that can be cut.
import { expect, onTestFinished, test } from 'vitest';
import {
  type HeartbeatDependencies,
  sendHeartbeat,
  startHeartbeat,
  whyNotWell,
} from '../../../src/core/notices/heartbeat.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { openPostgres } from '../../../src/store/database.ts';
import { createLoopbackProxy } from '../../faults/loopback-proxy.ts';
import { replicaWith, useDatabase } from '../../store/stored.ts';
import { createTestDatabase } from '../../support/database.ts';
import { type FarEnd, startFarEnd } from '../../support/far-end.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();
const times = { nextMs: 50, againMs: 20 };
const path = '/ping/0f1e2d3c4b5a';

type Whether = HeartbeatDependencies['whyNot'];

async function startBeating(farEnd: FarEnd, whyNot: Whether, ownTimes = times) {
  const address = `${farEnd.origin}${path}`;
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: 'info', secrets: [address], destination });
  const metrics = createMetrics({ version: 't', sources: [], sinks: [], roles: [] });
  const http = createHttpClient();
  const state: { address: string | undefined } = { address };
  const heartbeat = startHeartbeat({
    sender: () =>
      state.address === undefined
        ? undefined
        : (signal) => sendHeartbeat(http, state.address!, signal),
    ...{ whyNot, metrics, log, times: ownTimes },
  });
  const stop = () => heartbeat.stop();
  onTestFinished(() => {
    stop();
    return http.close();
  });
  const value = async (outcome: string) =>
    Number(
      new RegExp(`tocsin_heartbeats_total\\{outcome="${outcome}"\\} (\\d+)`).exec(
        await metrics.expose(),
      )?.[1],
    );
  const messages = () =>
    lines.map((line) => JSON.parse(line) as { level: string; msg: string; error?: string });
  return { lines, messages, value, stop, state };
}

const well: Whether = async () => undefined;
const rest = () => new Promise((resolve) => setTimeout(resolve, 300));

test('it is called again and again, with nothing but its address, until the stop', async () => {
  const farEnd = await startFarEnd();
  const { value, stop, lines, messages } = await startBeating(farEnd, well);
  expect(await until(() => farEnd.received.length >= 3, 5000)).toBe(true);
  expect(farEnd.received[0]).toMatchObject({ method: 'GET', target: path, body: '' });
  expect(await value('sent')).toBeGreaterThanOrEqual(2);
  stop();
  await rest();
  const { length } = farEnd.received;
  await rest();
  expect(farEnd.received).toHaveLength(length);
  expect(messages().map(({ msg }) => msg)).toEqual(['heartbeats are sent']);
  expect(lines.join()).not.toContain('0f1e2d3c4b5a');
});

test.each([
  ['an error', 503, /127\.0\.0\.1:\d+ answered 503/],
  ['a redirect, which is not followed,', 302, /127\.0\.0\.1:\d+ answered 302/],
])('%s is told once, and it is tried again', async (_name, status, says) => {
  const other = await startFarEnd();
  const farEnd = await startFarEnd((_request, response) =>
    response.writeHead(status, { location: `${other.origin}/elsewhere` }).end(),
  );
  const { value, messages, lines } = await startBeating(farEnd, well);
  expect(await until(() => farEnd.received.length >= 4, 5000)).toBe(true);
  farEnd.answering((_request, response) => response.end('OK'));
  expect(await until(async () => (await value('sent')) >= 2, 5000)).toBe(true);
  expect(await value('failed')).toBeGreaterThanOrEqual(3);
  expect(messages().map(({ msg }) => msg)).toEqual([
    'heartbeats do not arrive',
    'heartbeats are sent',
  ]);
  expect(messages()[0]).toMatchObject({ level: 'warn', error: expect.stringMatching(says) });
  expect(other.received).toEqual([]);
  expect(lines.join()).not.toContain('0f1e2d3c4b5a');
});

test('what failed is tried again soon, and what arrived is not', async () => {
  const farEnd = await startFarEnd((_request, response) =>
    response.writeHead(farEnd.received.length < 3 ? 503 : 200).end(),
  );
  const { value } = await startBeating(farEnd, well, { nextMs: 600_000, againMs: 20 });
  expect(await until(async () => (await value('sent')) === 1, 5000)).toBe(true);
  await rest();
  expect(farEnd.received).toHaveLength(3);
});

test('a call that is under way is given up at the stop', async () => {
  let isClosed = false;
  const onClose = () => {
    isClosed = true;
  };
  const farEnd = await startFarEnd((_request, response) => void response.on('close', onClose));
  const { stop, messages } = await startBeating(farEnd, well);
  expect(await until(() => farEnd.received.length === 1, 5000)).toBe(true);
  stop();
  expect(await until(() => isClosed, 1000)).toBe(true);
  expect(messages()).toEqual([]);
});

test('another configuration can begin it and end it', async () => {
  const farEnd = await startFarEnd();
  const { state } = await startBeating(farEnd, well);
  const address = state.address;
  state.address = undefined;
  await rest();
  const { length } = farEnd.received;
  await rest();
  expect(farEnd.received).toHaveLength(length);
  state.address = address;
  expect(await until(() => farEnd.received.length > length, 5000)).toBe(true);
});

test('it stops when the database is gone, and goes on when it is back', async () => {
  const own = await createTestDatabase();
  onTestFinished(() => own.drop());
  const url = new URL(own.url);
  const proxy = await createLoopbackProxy({ host: url.hostname, port: Number(url.port) });
  await proxy.accept();
  url.host = `127.0.0.1:${proxy.port}`;
  const db = openPostgres({ url: url.href, prepare: true });
  onTestFinished(() => db.$client.end({ timeout: 1 }));
  await replicaWith(db, ['source:a'], 600_000);
  const farEnd = await startFarEnd();
  const { messages, value } = await startBeating(farEnd, () =>
    whyNotWell({ db, roles: ['source:a'], listeners: [] }),
  );
  expect(await until(() => farEnd.received.length >= 2, 10_000)).toBe(true);
  await proxy.refuse();
  proxy.drop();
  expect(await until(async () => (await value('withheld')) >= 1, 20_000)).toBe(true);
  const { length } = farEnd.received;
  await rest();
  expect(farEnd.received).toHaveLength(length);
  await proxy.accept();
  expect(await until(() => farEnd.received.length > length, 20_000)).toBe(true);
  // Said when the answer is there, after it arrived at the far end.
  await until(() => messages().length === 3, 5000);
  expect(messages().map(({ msg }) => msg)).toEqual([
    'heartbeats are sent',
    'no heartbeat is sent',
    'heartbeats are sent',
  ]);
  expect(messages()[1]!.error).toMatch(/^the database does not answer: /);
});

test('nothing is well while nobody holds a role, or while nobody can be told of anything', async () => {
  const db = database();
  const why = (roles: readonly string[], listeners: readonly string[] = []) =>
    whyNotWell({ db, roles, listeners });
  expect(await why(['source:a', 'sink:b'])).toBe('nobody holds sink:b, source:a');
  await replicaWith(db, ['source:a']);
  expect(await why(['source:a', 'sink:b'])).toBe('nobody holds sink:b');
  expect(await why(['source:a'])).toBeUndefined();
  await db.$client`insert into conditions (name, told) values ('sink:soc', 'sink_paused 0'), ('sink:boss', null), ('source:a', 'x 0')`;
  expect(await why(['source:a'], ['soc', 'boss'])).toBeUndefined();
  expect(await why(['source:a'], ['soc'])).toBe('no sink that would hear can be reached: soc');
  await db.$client`update replicas set expires_at = now() - interval '1 second'`;
  expect(await why(['source:a'])).toBe('nobody holds source:a');
});
