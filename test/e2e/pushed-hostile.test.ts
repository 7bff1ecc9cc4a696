// Every type of source that is pushed to, at a service as a process: whatever is sent, nothing is a
// fault of ours, everything that was answered with 202 is stored, and the memory stays what it was.
// `MINUTES=5` goes on for so long.
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { sources } from '../../src/sources/index.ts';
import { mutationsOf } from '../contract/json-mutations.ts';
import { startSns } from '../sources/sns/signed.ts';
import {
  type Bytes,
  type Posted,
  pushedTypes,
  requestOf,
  type Sent,
  understood,
} from '../support/pushed-types.ts';
import { createWorld, until } from '../support/world.ts';

const minutes = Number(process.env.MINUTES ?? 0);
const encoded = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));
const known = Object.keys(sources).filter((id) => sources[id]?.isPushed);

async function startPushed() {
  const sns = await startSns();
  const types = Object.entries(pushedTypes(sns.origin));
  const world = await createWorld({ database: 'postgres' });
  const file = join(world.environment.DATA_DIR!, '..', 'tocsin.yaml');
  // Ids as their types, so that what the tests expect of a source is what the service makes.
  const configured = types.map(([id, { settings }]) => [id, { type: id, ...settings }]);
  const soc = { type: 'mattermost', url: world.mattermost.hookUrl };
  const text = JSON.stringify({ sources: Object.fromEntries(configured), sinks: { soc } });
  await writeFile(file, text);
  const service = world.start('data', { TOCSIN_CONFIG: file });
  await service.ready();
  const address = await service.address;
  const sql = postgres(world.databaseUrl!, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  const post = async ({ path, headers, body }: Posted, more: Record<string, string> = {}) => {
    const init = { method: 'POST', body, headers: { ...headers, ...more } };
    const answer = await fetch(`${address}${path}`, init);
    await answer.text();
    return answer.status;
  };
  const storedIds = async (source: string) => {
    const rows = await sql`select external_id from events where source = ${source}`;
    return rows.map((row) => row.external_id as string);
  };
  const memory = async () => (await service.metric('process_resident_memory_bytes'))!;
  const faults = () => service.log.filter(({ msg }) => msg === 'a request failed');
  return { types, service, address, post, storedIds, memory, faults };
}

type Pushed = Awaited<ReturnType<typeof startPushed>>;
type Typed = Pushed['types'][number];

/** A body as the product posts it. */
const bytesOf = ([, { wrap }]: Typed, body: string) => encoded(wrap?.(body) ?? body);

/** Sends, and remembers what was answered with 202. */
class Sender {
  readonly statuses = new Set<number>();
  readonly #answered = new Map<string, Set<string>>();
  readonly #pushed: Pushed;

  constructor(pushed: Pushed) {
    this.#pushed = pushed;
  }

  /** Proved, so the source alone decides what the body is: the door adds nothing to that. */
  async send(typed: Typed, body: Bytes): Promise<void> {
    const request = requestOf(typed, body);
    const status = await this.#pushed.post(request);
    this.statuses.add(status);
    const made = understood(typed, request);
    const text = () => `${typed[0]}: ${Buffer.from(body).toString().slice(0, 500)}`;
    expect(status, text()).toBe(made === undefined ? 400 : 202);
    const ids = this.#answered.get(typed[0]) ?? new Set();
    for (const { externalId } of made?.events ?? []) ids.add(externalId);
    this.#answered.set(typed[0], ids);
  }

  /** Bytes that may prove nothing any more. */
  async sendBroken(typed: Typed, body: Bytes): Promise<void> {
    if (typed[1].wrap === undefined) return this.send(typed, body);
    const request = requestOf(typed, body);
    const status = await this.#pushed.post(request);
    if (status !== 202) {
      expect([400, 401]).toContain(status);
      return;
    }
    // Not every part of a wrapped body is signed; what is signed was not changed then.
    const known = this.#answered.get(typed[0]);
    const made = understood(typed, request)?.events ?? [];
    for (const { externalId } of made) expect(known).toContain(externalId);
  }

  async expectAllStored(): Promise<void> {
    for (const [source, ids] of this.#answered) {
      const stored = await this.#pushed.storedIds(source);
      const there = new Set(stored);
      expect([...ids].filter((id) => !there.has(id))).toEqual([]);
      expect(stored).toHaveLength(there.size);
      if (sources[source]?.streams?.length !== 0) expect(ids.size).toBeGreaterThan(1);
    }
  }
}

const deepBodies = (depth: number) => {
  const list = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const deep = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const places = ['alerts', 'results', 'new', 'event', 'alert', 'data', 'result', 'detail'];
  return [list, `{${places.map((place) => `"${place}":[${deep}]`).join(',')}}`];
};

const garbage: readonly Bytes[] = [
  ...['', ' ', '{', 'null', '[]', '{}', '5', '"a"', '\u0000', 'payload=%7B%7D', '<a/>'].map(
    encoded,
  ),
  Uint8Array.of(0xff, 0xfe, 0x00),
  Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d),
];

/** Cut anywhere, with bytes that are no UTF-8, and with bytes that are others. */
function* brokenOf(body: Bytes, seed: number): Generator<Bytes> {
  const at = (n: number) => (n * 7919 + seed * 104_729) % body.length;
  for (const n of [1, 2]) yield body.slice(0, at(n));
  for (const byte of [0x80, 0xff, 0x00, 0x22]) yield body.with(at(byte), byte);
}

async function round(sender: Sender, types: readonly Typed[], seed: number, changes: number) {
  for (const typed of types)
    for (const body of typed[1].bodies) {
      await sender.send(typed, bytesOf(typed, body));
      for (const changed of fc.sample(mutationsOf(body), { numRuns: changes, seed }))
        await sender.send(typed, bytesOf(typed, changed));
      for (const broken of brokenOf(bytesOf(typed, body), seed))
        await sender.sendBroken(typed, broken);
    }
}

test('every type is in this suite', () => {
  expect(Object.keys(pushedTypes('http://a')).sort()).toEqual([...known].sort());
});

test('whatever is sent, nothing is a fault of ours, and what was answered with 202 is there', {
  timeout: 600_000 + minutes * 90_000,
}, async () => {
  const pushed = await startPushed();
  const { types, memory, faults } = pushed;
  const sender = new Sender(pushed);
  for (const typed of types) {
    for (const body of garbage) await sender.sendBroken(typed, body);
    for (const depth of [150, 250, 10_000])
      for (const deep of deepBodies(depth)) await sender.send(typed, bytesOf(typed, deep));
  }
  let seed = Number(process.env.SEED ?? 1);
  await round(sender, types, seed, 8);
  const before = await memory();
  const endsAt = Date.now() + minutes * 60_000;
  do {
    seed += 1;
    await round(sender, types, seed, 12);
  } while (Date.now() < endsAt);
  expect([...sender.statuses].sort()).toEqual([202, 400]);
  await sender.expectAllStored();
  expect(
    (await memory()) / before,
    'memory after the last round by that after the first',
  ).toBeLessThan(1.5);
  expect(faults()).toEqual([]);
});

test('what proves nothing, or is old, is not stored; what is repeated is stored once', {
  timeout: 300_000,
}, async () => {
  const { types, post, storedIds, faults } = await startPushed();
  for (const typed of types) {
    const [id, type] = typed;
    const body = bytesOf(typed, type.bodies[0]!);
    const wrong: Sent[] = [{ isWrong: true }];
    const timed = requestOf(typed, body, { seconds: 1 });
    const isTimed =
      JSON.stringify(timed.headers) !== JSON.stringify(requestOf(typed, body).headers);
    if (isTimed) wrong.push({ seconds: Math.floor(Date.now() / 1000) - 3600 });
    for (const sent of wrong) expect(await post(requestOf(typed, body, sent)), id).toBe(401);
    expect(await post({ path: `/hooks/${id}`, headers: {}, body }), id).toBe(401);
    expect(await storedIds(id), id).toEqual([]);
    const right = requestOf(typed, body);
    // Everything that is signed is signed as it is.
    if (!('authorization' in right.headers) && !right.path.includes(`${id}/`))
      expect(await post({ ...right, body: body.with(0, 0x20) }), id).toBe(401);
    for (let n = 0; n < 3; n += 1) expect(await post(right), id).toBe(202);
    const stored = await storedIds(id);
    const made = understood(typed, right)?.events.map(({ externalId }) => externalId) ?? [];
    expect(stored.sort(), id).toEqual([...new Set(made)].sort());
  }
  expect(faults()).toEqual([]);
});

test('a hundred megabytes, bombs and slow senders cost nobody else anything', {
  timeout: 300_000,
}, async () => {
  const { types, address, post, memory, faults } = await startPushed();
  const { hostname, port } = new URL(address);
  for (const typed of types)
    expect(await post(requestOf(typed, bytesOf(typed, typed[1].bodies[0]!)))).toBe(202);
  const before = await memory();
  const open = (typed: Typed, more: string) => {
    const { path, headers } = requestOf(typed, encoded(''));
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
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${lines.join('')}${more}`);
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
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(50_000_000)));
  const slow = types.map((typed) => open(typed, 'Content-Length: 500\r\n\r\n{'));
  const large = types.map((typed) => open(typed, 'Content-Length: 100000000\r\n\r\n'));
  try {
    expect(await Promise.all(large.map(pour))).toEqual(types.map(() => true));
    for (const typed of types) {
      const bombed = await post(requestOf(typed, bomb), { 'content-encoding': 'gzip' });
      // A message of SNS is judged as it came, and never packed.
      expect(bombed, typed[0]).toBe(typed[1].wrap === undefined ? 413 : 400);
      for (const body of typed[1].bodies)
        expect(await post(requestOf(typed, bytesOf(typed, body)))).toBe(202);
    }
    expect(await until(() => slow.every(({ isClosed }) => isClosed), 60_000)).toBe(true);
    expect((await memory()) / before).toBeLessThan(1.8);
    expect(faults()).toEqual([]);
  } finally {
    for (const { socket } of [...slow, ...large]) socket.destroy();
  }
});
