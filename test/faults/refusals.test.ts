// Something before Mattermost refuses each message that holds a certain word, in whatever way:
// nobody else waits for it, the sink is never paused for it, and each event ends on screen, at last
// as a bare card.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { MattermostFault } from '../../simulators/mattermost/index.ts';
import { createWorld, type LogLine, type Service, until, type World } from '../support/world.ts';
import { sink, sourceOf, withDatabase } from './checker.ts';
import { accountOf, drain } from './drained.ts';
import { type Dice, type Fault, faultCase, isLong } from './fault-case.ts';

const ways: readonly MattermostFault[] = [
  { status: 403, body: '<html>Request blocked</html>' },
  'html',
  'redirect',
  406,
  422,
  451,
  'reset_before',
  'hang',
];
/** One event in a hundred is refused. */
const perWay = 100;

const file = (route: string, more: string) => `
sources:
  deepinstinct_events:
    { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}" }
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}", timeout: 1s }
routes:
  - { name: all, to: [soc]${route} }
polling_interval: 1
${more}`;

/** How long the others take without any refusal, as much as the machine may need. */
const paths = [
  ['singly', file('', 'storm: "off"'), 10_000],
  ['in groups', file(', group: { by: [type], wait: 1s, interval: 2s }', 'storm: "off"'), 12_000],
  ['in a storm', file('', 'storm: 20'), 20_000],
] as const;
/** So much later the others may be for what is refused. */
const laterMs = 10_000;

/**
 * What hangs may have arrived, and is repeated in a distance of seconds: in the short form one path
 * has it, by the seed.
 */
const hangingPath = Number(process.env.SEED ?? 1) % paths.length;

for (const [at, [how, configuration, pathMs]] of paths.entries())
  faultCase(`refusals: by content, events ${how}`, { timeoutMs: 300_000 }, async (fault) => {
    const mayHang = isLong || at === hangingPath;
    const own = ways.filter((way) => mayHang || way !== 'hang');
    await refuse(fault, own, configuration, pathMs);
  });

async function refuse(
  fault: Fault,
  ways: readonly MattermostFault[],
  configuration: string,
  pathMs: number,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-refusals-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'tocsin.yaml');
  writeFileSync(path, configuration);
  const world = await createWorld({ database: 'postgres' });
  const environment = { TOCSIN_CONFIG: path, SINK_RATE: 'off', STORM: '' };
  const service = world.start('data', environment);
  await service.ready();
  const guilty = addLoad(world, ways, fault);
  fault.struck();
  const left = (isGuilty: boolean) => undelivered(world, guilty, isGuilty);
  const isStored = async () => (await stored(world)) === perWay * ways.length;
  expect(await until(isStored, 30_000), 'all are stored').toBe(true);
  const areOut = await until(async () => (await left(false)) === 0, pathMs + laterMs);
  expect(areOut, `${await left(false)} others wait`).toBe(true);
  const areShown = await until(async () => (await left(true)) === 0, 150_000);
  expect(areShown, `what was refused waits:\n${await storyOf(world, service, guilty)}`).toBe(true);
  expect(service.log.filter(({ to }) => to === 'paused')).toEqual([]);
  expect(world.mattermost.posts.filter(({ text }) => /is paused/.test(text ?? ''))).toEqual([]);
  expect(await service.metric(`tocsin_deliveries_dead{sink="${sink}"}`)).toBe(0);
  expect(await bareOnes(world, guilty)).toEqual([]);
  expect(await cutDigests(world)).toBe(0);
  for (const word of ways.map(wordOf))
    expect(JSON.stringify(world.mattermost.posts)).not.toContain(word);
  expect(await service.end('SIGTERM')).toBe(0);
  // On a busy machine others get no answer in time as well; they may have arrived, and the sink is
  // thought worse for them.
  const unanswered = await unansweredOthers(world, service, guilty);
  const isLongWait = ({ msg, next_try_s }: LogLine) =>
    msg === 'attempt failed' && Number(next_try_s) >= 59;
  if (unanswered.cards === 0) expect(service.log.filter(isLongWait)).toEqual([]);
  const { tenant, ...account } = accountOf(world);
  const ids = (stream: 'events' | 'suspicious') => (stream === 'events' ? tenant.ids(stream) : []);
  await fault.account({ ...account, tenant: { ids } }, unanswered.cards + unanswered.digests);
}

for (const [title, least, most] of [
  ['refusals: of everything, while the check passes', 60, 100],
  // None of them looks like an outage before each is on its way to the bare form.
  ['refusals: of everything, of a few, while the check passes', 3, 4],
] as const)
  faultCase(title, { timeoutMs: 180_000 }, (fault) => refuseAll(fault, fault.between(least, most)));

async function refuseAll(fault: Fault, count: number): Promise<void> {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const service = world.start();
  expect(await world.arrived(2)).toBe(2);
  // The check carries no delivery.
  world.mattermost.fail(403, Number.POSITIVE_INFINITY, (body) => body.includes('delivery_id'));
  world.tenant.add('events', count, { hostileShare: 0 });
  fault.struck();
  const isPaused = async () =>
    (await service.metric(`tocsin_sink_state{sink="${sink}",state="paused"}`)) === 1;
  expect(await until(isPaused, 60_000)).toBe(true);
  expect(await service.metric(`tocsin_deliveries_dead{sink="${sink}"}`)).toBe(0);
  world.mattermost.heal();
  // One notice more says that it is back.
  await drain(world, service, 90_000, 3);
  const rows = await rowsOf(world);
  expect(rows.filter(({ form }) => form !== 'full')).toEqual([]);
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account(accountOf(world));
}

const wordOf = (_: unknown, way: number) => `unionselect${way}x`;

/** @returns the numbers of the events that are refused */
function addLoad(
  { tenant, mattermost }: World,
  ways: readonly MattermostFault[],
  dice: Dice,
): Set<number> {
  const guilty = new Set<number>();
  for (const [way, answer] of ways.entries()) {
    const word = wordOf(answer, way);
    mattermost.fail(answer, Number.POSITIVE_INFINITY, (body) => body.includes(word));
  }
  const ids = tenant.add('events', perWay * ways.length, { severity: 'LOW', hostileShare: 0 });
  for (const way of ways.keys()) {
    const id = ids[way * perWay + dice.between(0, perWay - 1)]!;
    const word = wordOf(undefined, way);
    const isDevice = dice.random() < 0.5;
    const changed = isDevice
      ? { recorded_device_info: { os: 'WINDOWS', hostname: word } }
      : { path: `c:\\${word}.exe` };
    // The most severe ones are those that a digest shows.
    tenant.change('events', id, { ...changed, threat_severity: 'HIGH' });
    guilty.add(id);
  }
  return guilty;
}

interface Row {
  readonly item: number;
  readonly state: string;
  readonly form: string;
}

async function rowsOf({ databaseUrl }: World): Promise<Row[]> {
  const rows = await withDatabase(
    { url: databaseUrl! },
    (
      sql,
    ) => sql`select e.raw->>'id' as item, d.state, d.form from events e join deliveries d on d.event_id = e.id
      where e.source = ${sourceOf.events} and d.sink = ${sink}`,
  );
  return rows.map(({ item, state, form }) => ({
    item: Number(item),
    state: String(state),
    form: String(form),
  }));
}

const stored = async (world: World) => (await rowsOf(world)).length;

async function undelivered(
  world: World,
  guilty: ReadonlySet<number>,
  isGuilty: boolean,
): Promise<number> {
  const rows = await rowsOf(world);
  return rows.filter(({ item, state }) => state !== 'delivered' && guilty.has(item) === isGuilty)
    .length;
}

/**
 * How many attempts of what is not refused got no answer; of digests it may be the refused event
 * that hung.
 */
async function unansweredOthers(
  { databaseUrl }: World,
  { log }: Service,
  guilty: ReadonlySet<number>,
): Promise<{ readonly cards: number; readonly digests: number }> {
  const rows = await withDatabase(
    { url: databaseUrl! },
    (sql) => sql`select id, raw->>'id' as item from events`,
  );
  const items = new Map(rows.map(({ id, item }) => [Number(id), Number(item)]));
  const unanswered = log.flatMap(({ msg, reason, event_id: id }) =>
    msg === 'attempt failed' && /^(timeout|interrupted)$/.test(String(reason))
      ? [items.get(Number(id)) ?? 0]
      : [],
  );
  // What is none of the tenant's has no number there.
  const digests = unanswered.filter((item) => item === 0).length;
  return { cards: unanswered.filter((item) => item > 0 && !guilty.has(item)).length, digests };
}

/**
 * What the service logged of each refused event that still waits, and of the digests that are out.
 */
async function storyOf(
  { databaseUrl }: World,
  { log }: Service,
  guilty: ReadonlySet<number>,
): Promise<string> {
  const rows = await withDatabase(
    { url: databaseUrl! },
    (
      sql,
    ) => sql`select e.id, e.raw->>'id' as item, d.digest_id from events e join deliveries d on d.event_id = e.id
      where d.state = 'pending'`,
  );
  const left = rows.filter(({ item }) => guilty.has(Number(item)));
  const ids = new Set(left.flatMap((row) => [Number(row.id), Number(row.digest_id)]));
  const lines = log.filter(
    ({ event_id: id, msg }) => ids.has(Number(id)) || /split|digest made/.test(String(msg)),
  );
  return lines
    .map((line) => {
      const {
        time,
        msg,
        event_id: id,
        reason,
        judgement,
        contradicted_by: by,
        duration_ms: ms,
      } = line;
      return [time, msg, id, reason, judgement, by, ms, line.events]
        .filter((one) => one !== undefined)
        .join(' ');
    })
    .join('\n');
}

/** Those that went bare and should not have. */
async function bareOnes(world: World, guilty: ReadonlySet<number>): Promise<number[]> {
  const rows = await rowsOf(world);
  return rows
    .filter(({ item, form }) => form === 'bare' && !guilty.has(item))
    .map(({ item }) => item);
}

/** Digests that went out without what they should say. */
async function cutDigests({ databaseUrl }: World): Promise<number> {
  const rows = await withDatabase(
    { url: databaseUrl! },
    (sql) => sql`select 1 from events e join deliveries d on d.event_id = e.id
      where e.stream = 'digest' and d.state = 'delivered' and d.form <> 'full'`,
  );
  return rows.length;
}
