// Items that a database or a chat server refuses as they are: NUL, lone surrogates, bytes that are
// no UTF-8, texts of 1 MB, deep nesting. Each is stored and arrives exactly once, and none stands
// in the way of what follows.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import type { Tenant } from '../../simulators/tenant/index.ts';
import {
  createWorld,
  type DatabaseKind,
  type Service,
  until,
  type World,
} from '../support/world.ts';

type Stream = 'events' | 'suspicious';
type Item = Record<string, unknown>;

/** What the proxy below turns into bytes that are no UTF-8. */
const invalidBytes = 'INVALID-BYTES';
const texts: Readonly<Record<string, string>> = {
  NUL: 'a\0b',
  'a high surrogate alone': 'a\uD800',
  'a low surrogate alone': '\uDC00b',
  'surrogates the wrong way round': '\uDE00\uD83D',
  'invalid UTF-8': `a${invalidBytes}b`,
};
const megabyte = 1_000_000;
/** Both parts of a surrogate pair, so that a cut may fall between them. */
const longTexts = [
  'x'.repeat(megabyte),
  '\u{1F600}'.repeat(megabyte / 4),
  '\\`*_<!channel>\n'.repeat(megabyte / 16),
];
const pageSize = 50;

interface Case {
  readonly database: DatabaseKind;
  /** How deeply some of the items are nested. */
  readonly depth: number;
}

const title =
  'on $database, hostile text in every field and $depth levels of nesting arrive once, and reading goes on';
test.each<Case>([
  { database: 'postgres', depth: 900 },
  { database: 'embedded', depth: 900 },
  // More levels than databases read.
  { database: 'postgres', depth: 20_000 },
])(title, { timeout: 180_000 }, relayHostile);

async function relayHostile({ database, depth }: Case): Promise<void> {
  const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  const added = {
    events: addHostile(tenant, 'events', depth),
    suspicious: addHostile(tenant, 'suspicious', depth),
  };
  const service = world.start('data', { DEEPINSTINCT_URL: await startGarbling(tenant.url) });
  let expected = added.events.raws.size + added.suspicious.raws.size + 2;
  expect(await world.arrived(expected, 90_000)).toBe(expected);

  for (const stream of ['events', 'suspicious'] as const) tenant.add(stream, pageSize + 1);
  expected += 2 * (pageSize + 1);
  expect(await world.arrived(expected)).toBe(expected);
  await expectNothingLeft(service);
  expect(mattermost.requests.statuses).toEqual({ 200: expected });
  expect(mattermost.requests.posts).toBe(expected);
  expect(world.repeated()).toBe(0);
  expectShowable(world);
  const unrecognised = mattermost.posts.filter(({ text }) => text.includes('UNRECOGNISED'));
  expect(unrecognised.length).toBeLessThanOrEqual(added.events.nested + added.suspicious.nested);
  for (const [stream, source] of [
    ['events', 'deepinstinct_events'],
    ['suspicious', 'deepinstinct_suspicious_events'],
  ] as const) {
    expect(await service.metric(`tocsin_source_cursor{source="${source}"}`)).toBe(
      tenant.nextId(stream) - 1,
    );
    expect(
      await service.metric(`tocsin_source_polls_total{source="${source}",outcome="malformed"}`),
    ).toBe(0);
    expect(await service.metric(`tocsin_source_duplicates_total{source="${source}"}`)).toBe(0);
    if (world.databaseUrl !== undefined)
      expect(await changed(world.databaseUrl, source, added[stream].raws)).toEqual([]);
  }
  expectNoPageAskedForOften(tenant, added);
}

test('on embedded, an item nested so deeply that the database cannot read it arrives once, and reading goes on', async () => {
  const world = await createWorld({ database: 'embedded', environment: { POLLING_INTERVAL: '1' } });
  const { tenant } = world;
  tenant.addRaw(
    'events',
    `{"id":${tenant.nextId('events')},"type":"STATIC_ANALYSIS","path":${deep(60_000)}}`,
  );
  tenant.add('events', 1);
  const service = world.start();
  expect(await world.arrived(4, 20_000)).toBe(4);
  expect(world.repeated()).toBe(0);
  expect(service.child.exitCode).toBeNull();
});

interface Added {
  readonly raws: ReadonlyMap<number, string>;
  /** How many are nested more deeply than some databases read. */
  readonly nested: number;
}

/**
 * One item for each text in each field, one with the text in all of them, and long and nested ones
 * between. @returns their texts by id
 */
function addHostile(tenant: Tenant, stream: Stream, depth: number): Added {
  const [first] = tenant.add(stream, 1, { severity: 'HIGH' });
  const base = tenant.item(stream, first!);
  tenant.remove(stream, first!);
  const raws = new Map<number, string>();
  const show = (json: (id: number) => string) => {
    const id = tenant.nextId(stream);
    raws.set(id, json(id));
    tenant.addRaw(stream, raws.get(id)!, id);
  };
  const paths = pathsOfTexts(base);
  expect(paths.length).toBeGreaterThan(30);
  for (const text of Object.values(texts)) {
    for (const path of paths) show((id) => JSON.stringify(replaced({ ...base, id }, [path], text)));
    show((id) => JSON.stringify(replaced({ ...base, id }, paths, text)));
    show((id) =>
      JSON.stringify({ [text]: text, ...base, id, [`${text} again`]: { [text]: [text] } }),
    );
    for (const long of longTexts)
      show((id) => JSON.stringify(replaced({ ...base, id }, paths.slice(-2), long)));
  }
  for (const path of paths) {
    const nested = JSON.stringify(replaced({ ...base }, [path], 'NESTED'));
    show((id) => nested.replace('"NESTED"', deep(depth)).replace(/"id":\d+/, `"id":${id}`));
  }
  return { raws, nested: paths.length };
}

function deep(depth: number): string {
  return `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
}

type Path = readonly (string | number)[];

function pathsOfTexts(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  // Of a list, the first two say enough.
  const entries = Array.isArray(value) ? [...value.entries()].slice(0, 2) : Object.entries(value);
  return entries.flatMap(([key, inner]) => pathsOfTexts(inner, [...path, key]));
}

function replaced(item: Item, paths: readonly Path[], text: string): Item {
  const copy = structuredClone(item);
  for (const path of paths) {
    let place = copy as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
    place[path.at(-1)!] = text;
  }
  return copy;
}

/**
 * Stands before the tenant and makes a marker into bytes that are no UTF-8. @returns its address
 */
async function startGarbling(url: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const authorization = request.headers.authorization ?? '';
    const answer = await fetch(`${url}${request.url}`, { headers: { authorization } });
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    const body = Buffer.from(text.replaceAll(invalidBytes, '\xFF\xC0\x80\xED\xA0\x80'), 'latin1');
    response
      .writeHead(answer.status, {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
      })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function expectNothingLeft(service: Service): Promise<void> {
  const pending = () => service.metric('tocsin_deliveries_pending{sink="soc"}');
  expect(await until(async () => (await pending()) === 0, 10_000)).toBe(true);
  expect(await service.metric('tocsin_deliveries_dead{sink="soc"}')).toBe(0);
}

/** Each is one post, within what clients draw, and holds nothing that the server could not save. */
function expectShowable({ mattermost }: World): void {
  for (const { text, attachments, props, blocks } of mattermost.posts) {
    expect([...text].length).toBeLessThanOrEqual(16_383);
    expect(blocks).toBeLessThanOrEqual(100);
    const json = JSON.stringify([text, attachments, props]);
    expect(json.length).toBeLessThan(300_000);
    expect(json).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  }
}

/** Ids of the items whose text is not in the database as it came, or at least its bytes. */
async function changed(
  databaseUrl: string,
  source: string,
  raws: ReadonlyMap<number, string>,
): Promise<number[]> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const rows =
      await sql`select external_id, raw::text as raw from events where source = ${source}`;
    const stored = new Map(rows.map((row) => [Number(row.external_id), String(row.raw)]));
    return [...raws]
      .filter(([id, raw]) => asCame(stored.get(id)) !== received(raw))
      .map(([id]) => id);
  } finally {
    await sql.end();
  }
}

function asCame(raw: string | undefined): string | undefined {
  if (raw === undefined || !raw.startsWith('{"base64":')) return raw;
  return Buffer.from((JSON.parse(raw) as { base64: string }).base64, 'base64').toString();
}

/** Bytes that are no UTF-8 are read as U+FFFD. */
function received(raw: string): string {
  return raw.replaceAll(invalidBytes, Buffer.from('\xFF\xC0\x80\xED\xA0\x80', 'latin1').toString());
}

/**
 * Reading went on: but for the ends, where it waits for more, no position was asked for again and
 * again.
 */
function expectNoPageAskedForOften(tenant: Tenant, added: Readonly<Record<Stream, Added>>): void {
  for (const stream of ['events', 'suspicious'] as const) {
    const ends = [Math.max(...added[stream].raws.keys()), tenant.nextId(stream) - 1];
    const path = stream === 'events' ? '/events/' : '/suspicious-events/';
    const asked = tenant.requests.log.filter(({ target }) => target.startsWith(`/api/v1${path}`));
    const times = new Map<number, number>();
    for (const { cursor = 0 } of asked) times.set(cursor, (times.get(cursor) ?? 0) + 1);
    // The leap from nothing to the first number is confirmed by a question more.
    const most = (cursor: number) => (cursor === 0 ? 4 : 3);
    expect(
      [...times].filter(([cursor, count]) => count > most(cursor) && !ends.includes(cursor)),
    ).toEqual([]);
  }
}
