// The upgrade with each configuration that people copy: with the example of the release before up,
// back and up again on one database, and then with today's. Nothing is lost, posted twice or asked
// of the operator. Only in the long form.
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { type TenantStream, tenantStreams } from '../../simulators/events/index.ts';
import { startTenant, type Tenant } from '../../simulators/tenant/index.ts';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { createWorld, type Service, until, type World } from '../support/world.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';
import { withDatabase } from './checker.ts';
import { faultCase, isLong } from './fault-case.ts';
import { buildReleaseBefore } from './release-before.ts';

/** Both releases run, and both tenants are there. */
interface Upgrade {
  readonly world: World;
  readonly url: string;
  /** Has a console of its own, in `tenants.yaml`. */
  readonly harbour: Tenant;
  readonly hooks: Readonly<Record<string, string>>;
}

/** What is read under an id. */
interface Read {
  readonly url: string;
  readonly stream: TenantStream;
}

const shapes = readdirSync(`${root}examples`).filter((name) => name.endsWith('.yaml'));
const variables = 'the variables alone';
const variableSources = {
  deepinstinct_events: { type: 'deepinstinct_events' },
  deepinstinct_suspicious_events: { type: 'deepinstinct_suspicious_events' },
};

for (const shape of [variables, ...shapes]) {
  faultCase(`up, back and up again: ${shape}`, { timeoutMs: 300_000 }, async (fault) => {
    fault.context.skip(!isLong, 'builds another release; FAULTS=long runs it');
    const before = buildReleaseBefore();
    const path = `examples/${shape}`;
    const texts = shape === variables ? [] : [before.read(path), readProjectFile(path)];
    const upgrade = await createUpgrade(texts.join('\n'));
    const [thenText, nowText] = texts.map((text) => localised(text, upgrade));
    const thenConfig = configOf(upgrade, 'then.yaml', thenText);
    const nowConfig = configOf(upgrade, 'now.yaml', nowText);
    const { world } = upgrade;
    const reads = new Map([...readsOf(thenText, world), ...readsOf(nowText, world)]);
    const settled = () => expectSettled(upgrade, reads);

    const first = world.start('then', thenConfig, before.program);
    await first.ready();
    add(upgrade, readsOf(thenText, world));
    await settled();
    world.mattermost.fail(503, Number.POSITIVE_INFINITY);
    add(upgrade, readsOf(thenText, world));
    await expectStored(upgrade, reads);
    expect((await stateOf(upgrade)).pending).not.toBe(0);

    const second = world.start('now', thenConfig);
    await second.ready();
    expect(await first.end('SIGTERM')).toBe(0);
    world.mattermost.heal();
    add(upgrade, readsOf(thenText, world));
    await settled();
    fault.struck();

    const third = world.start('then', thenConfig, before.program);
    await third.ready();
    add(upgrade, readsOf(thenText, world));
    expect(await second.end('SIGTERM')).toBe(0);
    await settled();
    fault.struck();

    const fourth = world.start('now', nowConfig);
    await fourth.ready();
    expect(await third.end('SIGTERM')).toBe(0);
    add(upgrade, reads);
    await settled();
    expect(await fourth.end('SIGTERM')).toBe(0);
    fault.struck();
    expect(complaintsOf(second.log, ['error'])).toEqual([]);
    expect(complaintsOf(fourth.log, ['error', 'warn'])).toEqual([]);
    await expectOnce(upgrade, reads);
  });
}

async function createUpgrade(text: string): Promise<Upgrade> {
  const database = await createTestDatabase(false);
  onTestFinished(() => database.drop());
  // Numbers of the two consoles overlap, as those of real ones do.
  const harbour = await startTenant({ firstIds: { events: 1002, suspicious: 1002 } });
  onTestFinished(() => harbour.close());
  const channels = [...text.matchAll(/channel: ([\w-]+)/g)].map(([, name]) => name!);
  const world = await createWorld({
    database: 'embedded',
    environment: environmentOf(database),
    mattermost: { channels },
  });
  const hooks = Object.fromEntries(
    ['BAKERY_HOOK', 'CLINIC_HOOK', 'HARBOUR_HOOK'].map((name) => [
      name,
      world.mattermost.addHook(name.toLowerCase()),
    ]),
  );
  return { world, url: database.directUrl, harbour, hooks };
}

/**
 * The example as it runs here: far ends on loopback, secrets in files of our own, and nothing that
 * takes minutes.
 */
function localised(text: string, { world, harbour }: Upgrade): string {
  const secret = (name: string, value: string) => {
    const file = join(dirname(world.environment.DATA_DIR!), name);
    writeFileSync(file, value);
    return file;
  };
  const local = text
    .replace(/https:\/\/(console|msp)\.example\.com/g, world.tenant.url)
    .replaceAll('https://harbour.example.com', harbour.url)
    .replaceAll('/run/secrets/tokens_key', secret('tokens_key', world.tenant.token))
    .replaceAll('/run/secrets/webhook', secret('webhook', world.mattermost.hookUrl))
    .replace(/wait: \w+, interval: \w+/g, 'wait: 1s, interval: 1s')
    .replace('polling_interval: 30', 'polling_interval: 1');
  expect(local).not.toMatch(/example\.com|\/run\/secrets|polling_interval: 30/);
  return local;
}

function configOf({ world, harbour, hooks }: Upgrade, name: string, text: string | undefined) {
  if (text === undefined) return { POLLING_INTERVAL: '1' };
  const file = join(dirname(world.environment.DATA_DIR!), name);
  writeFileSync(file, text);
  // What is set and not asked for would be a warning.
  const own = ['DEEPINSTINCT_URL', 'TOKENS_KEY', 'MATTERMOST_WEBHOOK_URL'].filter(
    (one) => !text.includes(`{${one}}`),
  );
  const unset = Object.fromEntries(own.map((one) => [one, '']));
  return { TOCSIN_CONFIG: file, HARBOUR_KEY: harbour.token, ...hooks, ...unset };
}

/** @param text absent: the variables */
function readsOf(text: string | undefined, { tenant }: World): Map<string, Read> {
  type Entry = { readonly type: string; readonly url?: string };
  const sources =
    text === undefined
      ? variableSources
      : (parse(text) as { sources: Record<string, Entry> }).sources;
  return new Map(
    Object.entries<Entry>(sources).map(([id, { type, url = tenant.url }]) => [
      id,
      { url, stream: type === 'deepinstinct_events' ? 'events' : 'suspicious' },
    ]),
  );
}

/**
 * Of each severity that routes differently, to each list that is read. Not two lists have a number
 * with one time.
 */
function add(upgrade: Upgrade, reads: ReadonlyMap<string, Read>): void {
  for (const [index, [tenant, stream]] of listsOf(upgrade, reads).entries())
    for (const severity of ['VERY_HIGH', 'HIGH', 'MODERATE', 'LOW'])
      tenant.add(stream, 2, { severity, ageSeconds: 5 * index });
}

function listsOf(
  { world, harbour }: Upgrade,
  reads: ReadonlyMap<string, Read>,
): [Tenant, TenantStream][] {
  return [world.tenant, harbour].flatMap((tenant) =>
    tenantStreams
      .filter((stream) =>
        [...reads.values()].some((read) => read.url === tenant.url && read.stream === stream),
      )
      .map((stream): [Tenant, TenantStream] => [tenant, stream]),
  );
}

interface StoredDelivery {
  readonly sink: string;
  readonly state: string;
  readonly reason: string | null;
  readonly digest: number | null;
}

interface StoredItem {
  readonly id: number;
  readonly source: string;
  readonly item: string | null;
  /** HIGH or CRITICAL. */
  readonly isGrave: boolean;
  /** Of a notice. */
  readonly kind: string | null;
  readonly deliveries: readonly StoredDelivery[];
}

async function readItems({ url }: Upgrade): Promise<StoredItem[]> {
  const rows = await withDatabase(
    { url },
    (sql) => sql`
      select e.id::int, e.source, coalesce(e.raw->>'id', e.body->>'itemId') as item, e.raw->>'kind' as kind,
        e.severity >= 4 as "isGrave",
        coalesce((select json_agg(json_build_object(
            'sink', d.sink, 'state', d.state, 'reason', d.reason, 'digest', d.digest_id))
          from deliveries d where d.event_id = e.id), '[]')::text as deliveries
      from events e order by e.id`,
  );
  return rows.map(
    (row) => ({ ...row, deliveries: JSON.parse(String(row.deliveries)) }) as unknown as StoredItem,
  );
}

/** One entry for each item of a tenant: whose it is, not under which id it was read. */
function keysOf(upgrade: Upgrade, reads: ReadonlyMap<string, Read>): string[] {
  return listsOf(upgrade, reads).flatMap(([{ url, ids }, stream]) =>
    ids(stream).map((id) => keyOf({ url, stream }, String(id))),
  );
}

function keyOf({ url, stream }: Read, item: string | null): string {
  return `${url} ${stream} ${item}`;
}

async function stateOf({ url }: Upgrade) {
  const [row] = await withDatabase(
    { url },
    (sql) => sql`
      select (select count(*)::int from deliveries where state = 'pending') as pending,
        (select count(*)::int from events where source <> 'tocsin') as stored`,
  );
  return row as { readonly pending: number; readonly stored: number };
}

async function expectStored(upgrade: Upgrade, reads: ReadonlyMap<string, Read>): Promise<void> {
  const wanted = keysOf(upgrade, reads).length;
  const isStored = await until(async () => (await stateOf(upgrade)).stored >= wanted, 60_000);
  expect(isStored, `${JSON.stringify(await stateOf(upgrade))} of ${wanted}`).toBe(true);
}

/** All is stored, and nothing waits. */
async function expectSettled(upgrade: Upgrade, reads: ReadonlyMap<string, Read>): Promise<void> {
  await expectStored(upgrade, reads);
  const isDone = await until(async () => (await stateOf(upgrade)).pending === 0, 60_000);
  expect(isDone, JSON.stringify(await stateOf(upgrade))).toBe(true);
}

/** Each item is stored once, is with each sink once, and what is grave is with one at least. */
async function expectOnce(upgrade: Upgrade, reads: ReadonlyMap<string, Read>): Promise<void> {
  const { mattermost } = upgrade.world;
  const items = await readItems(upgrade);
  const events = items.filter(({ source }) => source !== 'tocsin');
  const stored = events.map(({ source, item }) => keyOf(reads.get(source)!, item));
  expect(stored.sort()).toEqual(keysOf(upgrade, reads).sort());
  const isArrived = (sink: string, ids: readonly (number | null)[]) =>
    ids.some((id) => mattermost.deliveries.has(`${sink}-${id}`));
  expect(events.some(({ isGrave }) => isGrave)).toBe(true);
  for (const { id, isGrave, deliveries } of events) {
    expect(new Set(deliveries.map(({ sink }) => sink)).size).toBe(deliveries.length);
    // A route may have decided against a sink, and against all of them unless it is grave.
    const sent = deliveries.filter(
      ({ state, reason }) => state !== 'suppressed' || reason === 'moved',
    );
    if (isGrave) expect(sent.length, `event ${id} is with nobody`).toBeGreaterThan(0);
    for (const { sink, state, digest } of sent)
      expect([sink, id, state, sink === 'log' || isArrived(sink, [id, digest])]).toEqual([
        sink,
        id,
        'delivered',
        true,
      ]);
  }
  expect([...mattermost.deliveries].filter(([, times]) => times > 1)).toEqual([]);
  const kinds = items.filter(({ source }) => source === 'tocsin').map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== 'watching' && kind !== 'group')).toEqual([]);
}

/**
 * What asks for a person. Of an older example there may be a warning: that is why today's is
 * another.
 */
function complaintsOf(log: Service['log'], levels: readonly string[]): unknown[] {
  return log.filter(({ level }) => levels.includes(String(level)));
}
