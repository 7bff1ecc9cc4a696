// The products that push, to a service as a process: what fires is announced once however often it is
// sent, what is over resolves its incident, and whatever is made of their bodies, nothing is a fault of
// ours and nothing is lost that was answered with 202. `PUSHES=2000` changes each sample so often.
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import { sources } from '../../src/sources/index.ts';
import { mutationsOf } from '../contract/json-mutations.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';
import { createWorld, until } from '../support/world.ts';

const secret = 'a-secret-of-32-random-characters';
const signature = {
  header: 'X-Grafana-Alerting-Signature',
  timestamp_header: 'X-Grafana-Alerting-Timestamp',
  signed: '{timestamp}:{body}',
};
const byHeader = { proof: 'header', secret, rate: 1000 };
/** Ids as their types, so that what the tests expect of a source is what the service makes. */
const configured = {
  alertmanager: { type: 'alertmanager', ...byHeader },
  grafana: { type: 'grafana', ...byHeader, proof: 'signature', signature },
  falco: { type: 'falco', ...byHeader, proof: 'path' },
  wazuh: { type: 'wazuh', ...byHeader },
};
type Type = keyof typeof configured;
const types = Object.keys(configured) as Type[];
const samples: Readonly<Record<Type, readonly string[]>> = {
  alertmanager: ['firing', 'group', 'resolved'],
  grafana: ['firing', 'no-data', 'resolved'],
  falco: ['http-output', 'falcosidekick', 'bare'],
  wazuh: ['alert', 'shuffle', 'syscheck', 'monitor'],
};
const all = types.flatMap((type) =>
  samples[type].map((name) => [type, sample(`${type}/${name}`)] as const),
);

interface Sent {
  /** Of the signature; now if absent. */
  readonly seconds?: number;
  readonly secret?: string;
}

/** Path and headers as the product sends them. */
function requestOf(type: Type, body: string, { seconds, secret: own = secret }: Sent = {}) {
  const bearer = { path: type, headers: { authorization: `Bearer ${own}` } };
  if (type === 'falco') return { path: `falco/${own}`, headers: {} };
  if (type !== 'grafana') return bearer;
  const at = String(seconds ?? Math.floor(Date.now() / 1000));
  const signed = createHmac('sha256', own).update(`${at}:${body}`).digest('hex');
  const headers = { [signature.header]: signed, [signature.timestamp_header]: at };
  return { path: type, headers };
}

async function startPushed() {
  const world = await createWorld({ database: 'postgres' });
  const file = join(world.environment.DATA_DIR!, '..', 'tocsin.yaml');
  const soc = { type: 'mattermost', url: world.mattermost.hookUrl };
  await writeFile(file, JSON.stringify({ sources: configured, sinks: { soc } }));
  const service = world.start('data', { TOCSIN_CONFIG: file });
  await service.ready();
  const address = await service.address;
  const sql = postgres(world.databaseUrl!, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  const post = async (type: Type, body: string, sent?: Sent) => {
    const { path, headers } = requestOf(type, body, sent);
    const answer = await fetch(`${address}/hooks/${path}`, { method: 'POST', body, headers });
    await answer.text();
    return answer.status;
  };
  const storedIds = async (type: Type): Promise<Set<string>> => {
    const rows = await sql`select external_id from events where source = ${type}`;
    return new Set(rows.map((row) => row.external_id as string));
  };
  const states = async (type: Type) => {
    const rows = await sql`select e.external_id, i.state from incidents i
      join events e on e.id = i.event_id where i.source = ${type} order by e.external_id`;
    return rows.map((row) => [row.external_id, row.state]);
  };
  return { world, service, address, post, storedIds, states };
}

/** What the source makes of the body; undefined: it is none. */
function idsIn(type: Type, body: string): readonly string[] | undefined {
  try {
    return eventsOf(sources[type]!, body).map(({ externalId }) => externalId);
  } catch (error) {
    if (error instanceof AdapterError) return undefined;
    throw error;
  }
}

test('what fires is announced once, and what is over is resolved, each time', {
  timeout: 300_000,
}, async () => {
  const { world, post, storedIds, states } = await startPushed();
  for (const type of ['alertmanager', 'grafana'] as const) {
    const [firing, resolved] = [sample(`${type}/firing`), sample(`${type}/resolved`)];
    const later = (body: string) => body.replaceAll('2026-03-01T', '2026-03-05T');
    const [first = ''] = idsIn(type, firing)!;
    const [second = ''] = idsIn(type, later(firing))!;
    for (const body of [firing, firing, resolved, firing, resolved])
      expect(await post(type, body)).toBe(202);
    expect(await states(type)).toEqual([[first, 'resolved']]);
    // The same alert fires and is over once more.
    for (const body of [later(firing), later(resolved)]) expect(await post(type, body)).toBe(202);
    expect(await states(type)).toEqual([
      [first, 'resolved'],
      [second, 'resolved'],
    ]);
    const stored = [first, `${first}/resolved`, second, `${second}/resolved`];
    expect([...(await storedIds(type))].sort()).toEqual(stored.sort());
  }
  for (const type of ['falco', 'wazuh'] as const)
    for (const body of samples[type].map((name) => sample(`${type}/${name}`)))
      expect([await post(type, body), await post(type, body)]).toEqual([202, 202]);
  // Falcosidekick's event is Falco's, and that of the stock script of Wazuh the alert's.
  expect((await storedIds('falco')).size).toBe(2);
  expect((await storedIds('wazuh')).size).toBe(5);
  // Each alert of the two engines twice; what is over is said on the card that it closes.
  expect(await world.arrived(4 + 2 + 5)).toBeGreaterThanOrEqual(11);
});

test('whatever is sent, nothing is a fault of ours, and what was answered with 202 is there', {
  timeout: 3_600_000,
}, async () => {
  const { service, post, storedIds } = await startPushed();
  const runs = Number(process.env.PUSHES ?? 40);
  const answered = new Map(types.map((type) => [type, new Set<string>()]));
  const statuses = new Set<number>();
  const push = async (type: Type, body: string) => {
    const status = await post(type, body);
    statuses.add(status);
    const ids = idsIn(type, body);
    // The source alone decides what a body is; the door adds nothing to that.
    expect(status, body.slice(0, 500)).toBe(ids === undefined ? 400 : 202);
    for (const id of ids ?? []) answered.get(type)!.add(id);
  };
  for (const [type, body] of all) {
    await push(type, body);
    for (const changed of fc.sample(mutationsOf(body), runs)) await push(type, changed);
    for (const depth of [150, 250, 30_000]) {
      await push(type, `${'['.repeat(depth)}${']'.repeat(depth)}`);
      const deep = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
      await push(type, `{"alerts":[${deep}],"results":[${deep}],"output_fields":${deep}}`);
    }
  }
  expect([...statuses].sort()).toEqual([202, 400]);
  for (const type of types) {
    const there = await storedIds(type);
    expect([...answered.get(type)!].filter((id) => !there.has(id))).toEqual([]);
    expect(answered.get(type)!.size).toBeGreaterThan(1);
  }
  expect(service.log.filter(({ msg }) => msg === 'a request failed')).toEqual([]);
});

test('what proves nothing is not stored, however it is tried', { timeout: 300_000 }, async () => {
  const { service, address, post, storedIds } = await startPushed();
  const seconds = Math.floor(Date.now() / 1000);
  for (const [type, body] of all) {
    expect(await post(type, body, { secret: `${secret}x` })).toBe(401);
    const bare = await fetch(`${address}/hooks/${type}`, { method: 'POST', body });
    expect(bare.status).toBe(401);
    await bare.text();
  }
  const body = sample('grafana/firing');
  expect(await post('grafana', body, { seconds: seconds - 3600 })).toBe(401);
  const { headers } = requestOf('grafana', body);
  const other = `${body} `;
  const swapped = await fetch(`${address}/hooks/grafana`, { method: 'POST', body: other, headers });
  expect(swapped.status).toBe(401);
  for (const type of types) expect((await storedIds(type)).size, type).toBe(0);
  expect(service.log.filter(({ msg }) => msg === 'a request failed')).toEqual([]);
});

test('a hundred megabytes and a slow sender cost nobody else anything', {
  timeout: 300_000,
}, async () => {
  const { service, address, post } = await startPushed();
  const { hostname, port } = new URL(address);
  const memory = async () => (await service.metric('process_resident_memory_bytes'))! / 1e6;
  expect(await post('falco', sample('falco/bare'))).toBe(202);
  const before = await memory();
  const open = (type: Type, more: string) => {
    const { path, headers } = requestOf(type, '');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = connect(Number(port), hostname);
    const state = { said: '', isClosed: false, socket };
    socket.on('data', (bytes) => {
      state.said += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      state.isClosed = true;
    });
    socket.write(`POST /hooks/${path} HTTP/1.1\r\nHost: x\r\n${lines.join('')}${more}`);
    return state;
  };
  const chunk = Buffer.alloc(1_000_000, 'x');
  const pour = async (state: ReturnType<typeof open>) => {
    for (let sent = 0; sent < 100 && !state.isClosed && state.said === ''; sent += 1) {
      if (!state.socket.write(chunk))
        await until(() => state.isClosed || !state.socket.writableNeedDrain, 20_000);
    }
    return until(() => state.said.includes(' 413 ') || state.isClosed, 20_000);
  };
  const slow = types.map((type) => open(type, 'Content-Length: 500\r\n\r\n{'));
  const large = types.map((type) => open(type, 'Content-Length: 100000000\r\n\r\n'));
  try {
    expect(await Promise.all(large.map(pour))).toEqual(types.map(() => true));
    for (const [type, body] of all) expect(await post(type, body)).toBe(202);
    expect(await until(() => slow.every(({ isClosed }) => isClosed), 60_000)).toBe(true);
    expect(await memory()).toBeLessThan(before + 150);
    expect(service.log.filter(({ msg }) => msg === 'a request failed')).toEqual([]);
  } finally {
    for (const { socket } of [...slow, ...large]) socket.destroy();
  }
});
