// The service as a process against a tenant that misbehaves: nothing is lost or announced twice,
// the other stream goes on, and operators get a notice. No test waits for the time-out of a hanging
// request (30 s).
import { expect, test } from 'vitest';
import type { TenantStream } from '../../simulators/events/index.ts';
import type { Tenant, TenantFault } from '../../simulators/tenant/index.ts';
import { numberOnCard } from '../support/cards.ts';
import {
  createWorld,
  type DatabaseKind,
  type LogLine,
  type Service,
  until,
  type World,
} from '../support/world.ts';

const sourceOf = {
  events: 'deepinstinct_events',
  suspicious: 'deepinstinct_suspicious_events',
} as const;
const otherOf = { events: 'suspicious', suspicious: 'events' } as const;
const pathOf = { events: '/api/v1/events/', suspicious: '/api/v1/suspicious-events/' } as const;

/** For what takes a second or two on an idle machine. */
const patienceMs = 20_000;

interface Failure {
  readonly name: string;
  readonly stream: TenantStream;
  readonly fault: TenantFault;
  readonly reason: string;
  readonly status?: number;
  /** What the log says besides the host. */
  readonly says: RegExp;
  /** For so many milliseconds the stream makes no request. */
  readonly quietMs?: number;
}

const refusals: readonly Failure[] = [
  {
    name: '500',
    stream: 'events',
    fault: 500,
    reason: 'server_error',
    status: 500,
    says: /has a fault.*read again/,
  },
  {
    name: '429 with Retry-After',
    stream: 'suspicious',
    fault: { status: 429, retryAfter: '3' },
    reason: 'rate_limited',
    status: 429,
    says: /limits requests/,
    quietMs: 3000,
  },
  {
    name: 'a redirect',
    stream: 'events',
    fault: 'redirect',
    reason: 'bad_config',
    status: 302,
    says: /redirects are not followed.*Set DEEPINSTINCT_URL/,
  },
  {
    name: 'a reset connection',
    stream: 'suspicious',
    fault: 'reset',
    reason: 'interrupted',
    says: /closed before the answer was complete/,
  },
];
const brokenPages: readonly Failure[] = [
  {
    name: 'HTML with 200',
    stream: 'suspicious',
    fault: 'html',
    reason: 'malformed',
    status: 200,
    says: /is a web page and no JSON.*Check DEEPINSTINCT_URL/,
  },
  {
    name: 'half a JSON',
    stream: 'events',
    fault: 'half_json',
    reason: 'malformed',
    status: 200,
    says: /is cut short.*Check DEEPINSTINCT_URL/,
  },
  {
    name: 'a cut body',
    stream: 'suspicious',
    fault: 'cut_body',
    reason: 'interrupted',
    says: /closed before the answer was complete/,
  },
  {
    name: 'the same page again',
    stream: 'events',
    fault: 'same_page',
    reason: 'malformed',
    says: /ignored after_event_id.*proxy/,
  },
];

test.each<readonly [DatabaseKind, string, readonly Failure[]]>([
  ['embedded', 'refuses or breaks off', refusals],
  ['postgres', 'answers with something else than the page', brokenPages],
])(
  'on %s, a tenant that %s in the middle of a backlog costs no event and no other stream',
  async (database, _what, failures) => {
    const { world, service } = await startWatching(database);
    for (const failure of failures) await expectSurvived(world, service, failure);
    await expectAllOnce(world);
    expect(alarms(world)).toEqual([]);
    expect(world.tenant.requests.other).toBe(0);
    expect(JSON.stringify(service.log)).not.toContain(world.tenant.token);
  },
);

async function expectSurvived(world: World, service: Service, failure: Failure): Promise<void> {
  const { tenant } = world;
  const { name, stream, reason, status, says } = failure;
  const source = sourceOf[stream];
  const series = `tocsin_source_polls_total{source="${source}",outcome="${reason}"}`;
  const failedBefore = (await service.metric(series)) ?? 0;
  const linesBefore = errorsOf(service, source).length;
  const requestsBefore = tenant.requests.log.length;
  const ids = tenant.add(stream, 60);
  tenant.fail(stream, { slowMs: 0 });
  tenant.fail(stream, failure.fault, Number.POSITIVE_INFINITY);

  expect(await until(() => errorsOf(service, source).length > linesBefore, patienceMs), name).toBe(
    true,
  );
  tenant.add(otherOf[stream], 3);
  expect(
    await until(() => hasAll(world, otherOf[stream]), patienceMs),
    `${name}: the other stream`,
  ).toBe(true);
  expect((await service.get('/healthz')).status, name).toBe(200);
  expect(await service.metric(series), name).toBeGreaterThan(failedBefore);
  const line = errorsOf(service, source).at(-1);
  expect(line, name).toMatchObject({
    level: 'error',
    reason,
    ...(status !== undefined && { status }),
  });
  expect(line?.error, name).toMatch(says);
  expect(line?.error, name).toContain(new URL(tenant.url).host);
  // The page before the bad one is stored, nothing behind it is, and the cursor stands between the
  // two.
  const cursor = await service.metric(`tocsin_source_cursor{source="${source}"}`);
  expect(cursor, name).toBeLessThan(ids.at(-1)!);
  const read = tenant.ids(stream).filter((id) => id <= cursor!);
  expect(await until(() => announced(world, stream).length >= read.length, patienceMs), name).toBe(
    true,
  );
  expect(announced(world, stream), name).toEqual(read);

  tenant.heal();
  expect(await until(() => hasAll(world, stream), patienceMs), `${name}: recovery`).toBe(true);
  if (failure.quietMs === undefined) return;
  const [, refused, next] = requestTimes(tenant, stream, requestsBefore);
  expect(next! - refused!, name).toBeGreaterThanOrEqual(failure.quietMs);
}

test('what is out of order or unknown in a page is announced with its neighbours', async () => {
  const { world, service } = await startWatching('embedded');
  const { tenant, mattermost } = world;
  tenant.add('events', 6);
  tenant.fail('events', 'out_of_order');
  expect(await until(() => hasAll(world, 'events'), patienceMs)).toBe(true);
  tenant.add('suspicious', 6);
  tenant.fail('suspicious', 'garbage_item');
  expect(await until(() => hasAll(world, 'suspicious'), patienceMs)).toBe(true);
  const isUnrecognised = (text: string) => text.includes('UNRECOGNISED');
  expect(
    await until(() => mattermost.posts.some(({ text }) => isUnrecognised(text)), patienceMs),
  ).toBe(true);
  // A new process reads the last pages once more, the same garbage in it.
  await service.end('SIGTERM');
  tenant.fail('suspicious', 'garbage_item');
  tenant.add('events', 1);
  tenant.add('suspicious', 1);
  const next = world.start();
  expect(
    await until(() => hasAll(world, 'events') && hasAll(world, 'suspicious'), patienceMs),
  ).toBe(true);
  await expectAllOnce(world);
  expect(storedOrder(world, 'events')).toEqual(tenant.ids('events'));
  expect(
    mattermost.posts.filter(({ text }) => isUnrecognised(text)).map((post) => propsOf(post).source),
  ).toEqual([sourceOf.suspicious]);
  expect([...errorsOf(service), ...errorsOf(next)]).toEqual([]);
});

const wrongKey = /Check TOKENS_KEY.*API Connector/;
const switchedOff = /can no longer be read.*Switch them on again/;
type Rejection = readonly [TenantStream, TenantFault, RegExp];

test.each<readonly [string, readonly Rejection[]]>([
  [
    '401 and later 422',
    [
      ['events', 401, wrongKey],
      ['suspicious', 422, wrongKey],
    ],
  ],
  ['"disabled"', [['suspicious', 'disabled', switchedOff]]],
])(
  '%s on a stream that was read before is an alarm in the channel, once however often it is tried',
  async (_name, rejections) => {
    const { world, service } = await startWatching('embedded');
    const { tenant } = world;
    for (const [index, [stream, fault, says]] of rejections.entries()) {
      tenant.fail(stream, fault, Number.POSITIVE_INFINITY);
      tenant.add(stream, 3);
      expect(await until(() => alarms(world).length > index, patienceMs)).toBe(true);
      await expectRejected(service, sourceOf[stream], says);
      // The first one leaves the other stream alone.
      if (index > 0) continue;
      tenant.add(otherOf[stream], 2);
      expect(await until(() => hasAll(world, otherOf[stream]), patienceMs)).toBe(true);
      expect(errorsOf(service, sourceOf[otherOf[stream]])).toEqual([]);
    }
    await service.end('SIGTERM');
    // A refused key is tried once a minute at last; a new process tries it at once.
    const again = world.start();
    for (const [stream, , says] of rejections) {
      expect(await until(() => errorsOf(again, sourceOf[stream]).length > 0, patienceMs)).toBe(
        true,
      );
      await expectRejected(again, sourceOf[stream], says);
    }
    await again.end('SIGTERM');
    tenant.heal();
    world.start();
    expect(
      await until(() => hasAll(world, 'events') && hasAll(world, 'suspicious'), patienceMs),
    ).toBe(true);
    await expectAllOnce(world);
    expect(alarms(world)).toEqual(
      rejections.map(([stream]) =>
        expect.stringContaining(`Source \`${sourceOf[stream]}\` refuses our credential`),
      ),
    );
    expect(await until(() => endings(world).length === rejections.length, patienceMs)).toBe(true);
  },
);

async function expectRejected(service: Service, source: string, says: RegExp): Promise<void> {
  const errors = errorsOf(service, source);
  const isRefusal = expect.objectContaining({
    reason: 'auth',
    level: 'error',
    error: expect.stringMatching(says),
  });
  expect(errors).toEqual(errors.map(() => isRefusal));
  expect(
    await service.metric(`tocsin_source_polls_total{source="${source}",outcome="auth"}`),
  ).toBeGreaterThan(0);
  expect((await service.get('/healthz')).status).toBe(200);
}

test('a key that never worked is an alarm for each stream, and the right one reads everything', async () => {
  const world = await createWorld({ database: 'embedded', environment: { POLLING_INTERVAL: '1' } });
  world.tenant.add('events', 3);
  world.tenant.add('suspicious', 3);
  const service = world.start('data', { TOKENS_KEY: 'a-key-that-was-revoked' });
  expect(await until(() => alarms(world).length === 2, patienceMs)).toBe(true);
  expect((await service.get('/healthz')).status).toBe(200);
  expect(JSON.stringify(service.log)).not.toContain('a-key-that-was-revoked');
  await service.end('SIGTERM');
  world.start();
  expect(
    await until(() => hasAll(world, 'events') && hasAll(world, 'suspicious'), patienceMs),
  ).toBe(true);
  expect(await until(() => endings(world).length === 2, patienceMs)).toBe(true);
  await expectAllOnce(world);
  expect(alarms(world)).toHaveLength(2);
});

test('suspicious events that were never switched on are no error, and are read as soon as they are', async () => {
  const world = await createWorld({ database: 'embedded', environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  tenant.fail('suspicious', 'disabled', Number.POSITIVE_INFINITY);
  tenant.add('events', 3);
  tenant.add('suspicious', 3);
  const service = world.start();
  const polls = `tocsin_source_polls_total{source="${sourceOf.suspicious}",outcome="disabled"}`;
  await service.address;
  expect(await until(async () => ((await service.metric(polls)) ?? 0) >= 2, patienceMs)).toBe(true);
  tenant.add('events', 3);
  expect(await world.arrived(7, patienceMs)).toBe(7);
  expect((await service.get('/healthz')).status).toBe(200);
  expect(announced(world, 'suspicious')).toEqual([]);
  tenant.heal();
  expect(await world.arrived(11, patienceMs)).toBe(11);
  await expectAllOnce(world);
  expect(mattermost.posts.filter((post) => propsOf(post).source === 'tocsin')).toHaveLength(2);
  expect(errorsOf(service)).toEqual([]);
});

test('a tenant that hangs holds up neither the other stream nor a stop', async () => {
  const { world, service } = await startWatching('embedded');
  const { tenant } = world;
  tenant.add('events', 3);
  tenant.fail('events', 'hang');
  const before = tenant.requests.events;
  expect(await until(() => tenant.requests.events > before, patienceMs)).toBe(true);
  tenant.add('suspicious', 3);
  expect(await until(() => hasAll(world, 'suspicious'), patienceMs)).toBe(true);
  expect((await service.get('/healthz')).status).toBe(200);
  expect(announced(world, 'events')).toHaveLength(2);
  expect(tenant.requests.events).toBe(before + 1);
  expect(await service.end('SIGTERM')).toBe(0);
  // The request was given up, not waited for until it timed out.
  expect(errorsOf(service)).toEqual([]);
  world.start();
  expect(await until(() => hasAll(world, 'events'), patienceMs)).toBe(true);
  await expectAllOnce(world);
});

test('a tenant that was rebuilt stops its stream with one alarm until an operator resets it', async () => {
  const { world, service } = await startWatching('embedded');
  const { tenant, mattermost } = world;
  await service.end('SIGTERM');
  tenant.rebuild('events');
  tenant.add('events', 2);
  const next = world.start();
  const source = sourceOf.events;
  expect(await until(() => errorsOf(next, source).length >= 2, patienceMs)).toBe(true);
  tenant.add('suspicious', 3);
  tenant.add('events', 2);
  expect(await until(() => hasAll(world, 'suspicious'), patienceMs)).toBe(true);
  expect(errorsOf(next, source).at(-1)).toMatchObject({ level: 'error', reason: 'reset' });
  expect(errorsOf(next, source).at(-1)?.error).toMatch(
    /begun anew.*tocsin source reset deepinstinct_events/,
  );
  const polls = `tocsin_source_polls_total{source="${source}",outcome="reset"}`;
  expect(await next.metric(polls)).toBeGreaterThanOrEqual(2);
  expect((await next.get('/healthz')).status).toBe(200);
  const before = announced(world, 'events');
  expect(before).toHaveLength(2);

  expect(await world.run(['source', 'reset', source])).toMatchObject({ code: 0 });
  expect(await until(() => announced(world, 'events').length >= 6, patienceMs)).toBe(true);
  tenant.add('events', 1);
  expect(await until(() => announced(world, 'events').length >= 7, patienceMs)).toBe(true);
  expect(announced(world, 'events')).toEqual(
    [...before, ...tenant.ids('events')].sort((a, b) => a - b),
  );
  expect(world.repeated()).toBe(0);
  expect(alarms(world)).toEqual([expect.stringContaining(`Source \`${source}\` has been reset`)]);
  expect(await until(() => endings(world).length === 1, patienceMs)).toBe(true);
  const watching = () =>
    mattermost.posts.filter(({ text }) => text.includes(`Watching \`${source}\``)).length;
  expect(await until(() => watching() === 2, patienceMs)).toBe(true);
});

/** Two events of each stream, a minute old, have arrived. */
async function startWatching(database: DatabaseKind): Promise<{ world: World; service: Service }> {
  const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
  world.tenant.add('events', 2, { ageSeconds: 60 });
  world.tenant.add('suspicious', 2, { ageSeconds: 60 });
  const service = world.start();
  expect(await world.arrived(6, patienceMs)).toBe(6);
  return { world, service };
}

type AnyPost = World['mattermost']['posts'][number];

function propsOf(post: AnyPost): { source: string; event_id: number } {
  return post.props.tocsin as { source: string; event_id: number };
}

function numbered(world: World, stream: TenantStream): { order: number; item: number }[] {
  return world.mattermost.posts.flatMap((post) => {
    const item = numberOnCard(post);
    const { source, event_id: order } = propsOf(post);
    return source === sourceOf[stream] && item !== undefined ? [{ order, item }] : [];
  });
}

/** Numbers of the items that were posted, ascending; one that was posted twice stands twice. */
function announced(world: World, stream: TenantStream): number[] {
  return numbered(world, stream)
    .map(({ item }) => item)
    .sort((a, b) => a - b);
}

function storedOrder(world: World, stream: TenantStream): number[] {
  return numbered(world, stream)
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function hasAll(world: World, stream: TenantStream): boolean {
  const seen = new Set(announced(world, stream));
  return world.tenant.ids(stream).every((id) => seen.has(id));
}

async function expectAllOnce(world: World): Promise<void> {
  for (const stream of ['events', 'suspicious'] as const) {
    expect(announced(world, stream)).toEqual(world.tenant.ids(stream));
  }
  expect(world.repeated()).toBe(0);
}

/** Notices that a source cannot be read. */
function alarms(world: World): string[] {
  return noticesOf(world).filter((text) => !text.includes('Watching') && !isEnding(text));
}

/** Notices that a source can be read again. */
function endings(world: World): string[] {
  return noticesOf(world).filter(isEnding);
}

function noticesOf({ mattermost }: World): string[] {
  return mattermost.posts
    .filter((post) => propsOf(post).source === 'tocsin')
    .map(({ text }) => text);
}

function isEnding(text: string): boolean {
  return text.includes('can be read again');
}

function errorsOf(service: Service, source?: string): LogLine[] {
  return service.log.filter(
    (line) =>
      (line.level === 'error' || line.level === 'warn') &&
      (source === undefined || line.source === source),
  );
}

function requestTimes(tenant: Tenant, stream: TenantStream, from: number): number[] {
  return tenant.requests.log
    .slice(from)
    .filter(({ target }) => target.startsWith(pathOf[stream]))
    .map(({ atMs }) => atMs);
}
