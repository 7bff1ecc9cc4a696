// People hear once of what lasts and once that it is over; also with two processes, after a crash
// in between, and in whatever order they look.
import { describe, expect, test } from 'vitest';
import { type Audience, createAudience } from '../../../src/core/notices/audience.ts';
import { announce, keyWhile } from '../../../src/core/notices/conditions.ts';
import { startWatchdog, type WatchdogDependencies } from '../../../src/core/notices/watchdog.ts';
import { readConditions } from '../../../src/store/conditions.ts';
import { insertPage } from '../../../src/store/events.ts';
import { drafts, hold, quiet, storePage, toSoc, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();
const routes = toSoc;
const sinks = ['soc', 'boss', 'ops'];

interface Setting extends Partial<Omit<WatchdogDependencies, 'audience'>> {
  readonly operations?: readonly string[];
}

async function startLooking({ operations = ['ops'], ...more }: Setting = {}) {
  const lease = await hold(database(), 'job:watchdog');
  const audience = createAudience({ routes, sinks, operations });
  const looks = { count: 0 };
  const counting: Audience = {
    ...audience,
    ofDead(sink) {
      if (sink === sinks[0]) looks.count += 1;
      return audience.ofDead(sink);
    },
  };
  const shared = {
    db: database(),
    log: quiet,
    now: Date.now,
    sources: [],
    sinks,
    everyMs: 20,
    settledMs: 0,
  };
  const worker = startWatchdog({ ...shared, audience: counting, ...more }, lease);
  return { looks, stop: () => worker.stop() };
}

/** Looks a few times, as one process after the other. */
async function look(more: Setting = {}): Promise<void> {
  for (let processes = 0; processes < 2; processes += 1) {
    const { looks, stop } = await startLooking(more);
    expect(await until(() => looks.count >= 3, 5000)).toBe(true);
    await stop();
  }
}

/** `SINK_PAUSED ops`: what was said, to whom, in order. */
async function said(): Promise<string[]> {
  const rows = await database().$client`
    select e.type || ' ' || string_agg(d.sink, ' ' order by d.sink) as line from events e join deliveries d on d.event_id = e.id
    where e.source = 'tocsin' group by e.id order by e.id`;
  return rows.map(({ line }) => String(line));
}

const valuesOf = async (type: string) => {
  const rows = await database().$client`
    select body->'notice'->'values' as said from events where source = 'tocsin' and type = ${type} order by id`;
  return rows.map((row) => row.said as Record<string, string>);
};

const setState = (sink: string, state: string, minutes = 0) => database().$client`
  insert into sinks (sink, state, reason, since)
  values (${sink}, ${state}, ${state === 'ok' ? null : 'auth'}, now() - ${minutes}::int * interval '1 minute')
  on conflict (sink) do update set state = excluded.state, reason = excluded.reason, since = excluded.since`;

/** As if everything that lasts had begun so much earlier. */
const age = (minutes: number) =>
  database().$client`update conditions set since = since - ${minutes}::int * interval '1 minute'`;

async function giveUp(sink: string, count: number): Promise<void> {
  const to = [{ name: 'all', minSeverity: 0 as const, to: [sink] }];
  const { length } = await database().$client`select 1 from events`;
  await storePage(database(), { routes: to, events: drafts(length + 1, count) });
  await database().$client`
    update deliveries set state = 'dead', reason = 'rejected', finalized_at = now() where sink = ${sink} and state = 'pending'
      and event_id in (select id from events where source = 'a')`;
}

describe('the calendar of who is on duty', () => {
  const hourMs = 3_600_000;

  test('that was not read for six hours is told of, once, and when it is read again', async () => {
    await look({ calendarAgeMs: async () => 5.9 * hourMs });
    expect(await said()).toEqual([]);
    await look({ calendarAgeMs: async () => 6.1 * hourMs });
    expect(await said()).toEqual(['CALENDAR_UNREAD ops']);
    const since = Date.parse((await valuesOf('CALENDAR_UNREAD'))[0]!.since!);
    expect((Date.now() - since) / hourMs).toBeCloseTo(6.1, 1);
    await look({ calendarAgeMs: async () => 0 });
    expect(await said()).toEqual(['CALENDAR_UNREAD ops', 'CALENDAR_BACK ops']);
    await look({ calendarAgeMs: async () => null });
    expect(await readConditions(database())).toEqual([]);
  });
});

describe('a sink', () => {
  test('that is paused is told of to operations, once a day, and when it is back', async () => {
    await setState('soc', 'paused');
    await look();
    expect(await said()).toEqual(['SINK_PAUSED ops']);
    await age(24 * 60);
    await look();
    expect(await said()).toEqual(['SINK_PAUSED ops', 'SINK_PAUSED ops']);
    await setState('soc', 'ok');
    await look();
    expect(await said()).toEqual(['SINK_PAUSED ops', 'SINK_PAUSED ops', 'SINK_BACK ops']);
    expect(await readConditions(database())).toEqual([]);
    await setState('soc', 'paused');
    await look();
    expect((await said()).slice(3)).toEqual(['SINK_PAUSED ops']);
  });

  test('that an operator paused is no news, however it stood before; after the pause it is', async () => {
    const controls = {
      pauseOf: (name: string) =>
        name === 'sink:soc' ? { by: 'ann', reason: 'r', since: '', until: '' } : null,
    };
    await setState('soc', 'backing_off', 20);
    await setState('boss', 'paused');
    await look({ controls });
    expect(await said()).toEqual(['SINK_PAUSED ops']);
    await look();
    expect(await said()).toEqual(['SINK_PAUSED ops', 'SINK_FAILING ops']);
  });

  test('that an operator paused gets no notice about others while somebody else can', async () => {
    const controls = {
      pauseOf: (name: string) =>
        name === 'sink:ops' ? { by: 'ann', reason: 'r', since: '', until: '' } : null,
    };
    await setState('soc', 'paused');
    await look({ controls });
    expect(await said()).toEqual(['SINK_PAUSED boss']);
  });

  test('is told of once, whether its own worker or the watchdog is first', async () => {
    const paused = {
      name: 'sink:soc',
      kind: 'sink_paused' as const,
      to: ['ops'],
      values: () => ({ sink: 'soc' }),
    };
    await setState('soc', 'paused');
    await announce({ db: database(), fence: null, nowMs: Date.now() }, paused);
    await look();
    await setState('boss', 'paused');
    await look();
    await announce(
      { db: database(), fence: null, nowMs: Date.now() },
      { ...paused, name: 'sink:boss' },
    );
    expect(await said()).toEqual(['SINK_PAUSED ops', 'SINK_PAUSED ops']);
  });

  test('that is tried, passes, and fails again each minute is one trouble', async () => {
    for (let minute = 0; minute < 3; minute += 1) {
      await setState('soc', 'paused');
      await look({ settledMs: 120_000 });
      await age(20);
      // Its check passes, and then its probe.
      for (const state of ['backing_off', 'ok']) {
        await setState('soc', state);
        await look({ settledMs: 120_000 });
      }
    }
    expect(await said()).toEqual(['SINK_PAUSED ops']);
    await setState('soc', 'ok', 3);
    await look({ settledMs: 120_000 });
    expect(await said()).toEqual(['SINK_PAUSED ops', 'SINK_BACK ops']);
  });

  test('has one key for what its own channel hears, however often it seems to be back, until it is', async () => {
    const key = () => keyWhile(database(), 'sink:soc', 'none');
    expect(await key()).toBe('none');
    await setState('soc', 'paused');
    await look();
    const first = await key();
    await setState('soc', 'ok');
    await look({ settledMs: 120_000 });
    await setState('soc', 'paused');
    await look();
    expect([first === 'none', await key()]).toEqual([false, first]);
    await setState('soc', 'ok');
    await look();
    expect(await key()).toBe('none');
  });

  test('that backs off is told of after a quarter of an hour', async () => {
    for (const minutes of [0, 14]) {
      await setState('soc', 'backing_off', minutes);
      await look();
    }
    expect(await said()).toEqual([]);
    await setState('soc', 'backing_off', 17);
    await look();
    await setState('soc', 'ok');
    await look();
    expect(await said()).toEqual(['SINK_FAILING ops', 'SINK_BACK ops']);
    const [failing, back] = [...(await valuesOf('SINK_FAILING')), ...(await valuesOf('SINK_BACK'))];
    expect(failing).toEqual({ sink: 'soc', answered: 'auth', since: back!.since });
    expect(Date.parse(back!.until!) - Date.parse(back!.since!)).toBeGreaterThan(16 * 60_000);
  });

  test('that backs off again and again, and delivers in between, is no news', async () => {
    await setState('soc', 'backing_off', 14);
    await look();
    await age(2);
    await setState('soc', 'backing_off');
    await look();
    expect(await said()).toEqual([]);
  });

  test('whose state is of the future, for the clock went back, is told of as soon as any other', async () => {
    await setState('soc', 'backing_off', -60);
    await look();
    await age(16);
    await look();
    await setState('soc', 'ok', -60);
    await look({ settledMs: 120_000 });
    expect(await said()).toEqual(['SINK_FAILING ops', 'SINK_BACK ops']);
  });

  test('that backs off for a short while is no news', async () => {
    await setState('soc', 'backing_off');
    await look();
    await setState('soc', 'ok');
    await look();
    expect([await said(), await readConditions(database())]).toEqual([[], []]);
  });

  test('of operations is told of to the others, and so is what comes while it is down', async () => {
    await setState('ops', 'paused');
    await look();
    expect(await said()).toEqual(['SINK_PAUSED boss soc']);
    await setState('soc', 'paused');
    await look();
    expect((await said()).slice(1)).toEqual(['SINK_PAUSED boss']);
  });

  test('is told to be back to those who heard that it was down, and to nobody else', async () => {
    await setState('ops', 'paused');
    await look();
    await setState('soc', 'paused');
    await look();
    await setState('ops', 'ok');
    await look();
    await setState('soc', 'ok');
    await look();
    expect(await said()).toEqual([
      'SINK_PAUSED boss soc',
      'SINK_PAUSED boss',
      'SINK_BACK boss soc',
      'SINK_BACK boss',
    ]);
  });

  test('is told to be back to all who ever heard of it, and are there still', async () => {
    await setState('ops', 'paused');
    await look({ sinks: ['soc', 'ops', 'boss'] });
    await setState('soc', 'paused');
    await look();
    await setState('ops', 'ok');
    await look();
    await age(24 * 60);
    await look();
    expect((await said()).slice(3)).toEqual(['SINK_PAUSED ops']);
    await setState('soc', 'ok');
    await look();
    expect((await said()).at(-1)).toBe('SINK_BACK boss ops');
  });

  test('is told of to all others where none is for operations; alone, to nobody, and nothing is left of it', async () => {
    await setState('soc', 'paused');
    await look({ operations: [] });
    expect(await said()).toEqual(['SINK_PAUSED boss ops']);
    await database().$client`truncate events, deliveries, conditions`;
    const lease = await hold(database(), 'job:watchdog');
    const audience = createAudience({ routes, sinks: ['soc'], operations: [] });
    const deps = {
      db: database(),
      log: quiet,
      now: Date.now,
      sources: [],
      sinks: ['soc'],
      audience,
      everyMs: 20,
    };
    const worker = startWatchdog(deps, lease);
    const isNoted = async () =>
      (await readConditions(database()))[0]?.told?.startsWith('sink_paused 0') === true;
    expect(await until(isNoted, 5000)).toBe(true);
    await worker.stop();
    expect(await database().$client`select 1 from events`).toEqual([]);
  });
});

describe('dead deliveries', () => {
  test('are told of to their own readers and to operations when there are some, once a day, and when there are none', async () => {
    await giveUp('soc', 2);
    await look();
    await giveUp('soc', 3);
    await look();
    expect(await said()).toEqual(['DELIVERIES_DEAD ops soc']);
    expect(await valuesOf('DELIVERIES_DEAD')).toEqual([{ sink: 'soc', count: '2' }]);
    await age(24 * 60);
    await look();
    expect((await valuesOf('DELIVERIES_DEAD')).map(({ count }) => count)).toEqual(['2', '5']);
    await database().$client`update deliveries set state = 'delivered' where state = 'dead'`;
    await look();
    expect((await said()).slice(2)).toEqual(['DELIVERIES_DEAD_OVER ops soc']);
  });

  test('that are themselves what was said of dead ones make no more of it', async () => {
    await giveUp('soc', 1);
    for (let n = 0; n < 4; n += 1) {
      await look();
      await database().$client`
        update deliveries set state = 'dead', reason = 'rejected', finalized_at = now() where state = 'pending'`;
    }
    // The second is about the notice that operations did not get.
    expect(await said()).toEqual(['DELIVERIES_DEAD ops soc', 'DELIVERIES_DEAD ops']);
  });
});

describe('a credential', () => {
  const dayMs = 86_400_000;

  async function lookWith(
    days: number | undefined,
    operations: readonly string[] = ['ops'],
  ): Promise<void> {
    const endsAtMs = days === undefined ? undefined : Date.now() + days * dayMs;
    await look({
      operations,
      sources: [{ id: 'a', source: { credentialExpiresAt: () => endsAtMs } }],
    });
  }

  test('that ends is told of two weeks, one week and two days before, and at its end; and when there is another', async () => {
    const told: number[] = [];
    for (const days of [15, 13.9, 8, 6.9, 3, 1.9, 1, -0.1, -5]) {
      await lookWith(days);
      told.push((await said()).length);
    }
    expect(told).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4]);
    await lookWith(undefined);
    expect(await said()).toEqual([
      ...Array(4).fill('CREDENTIAL_ENDING ops'),
      'CREDENTIAL_RENEWED ops',
    ]);
  });

  test('is told of to those who hear of its source where no sink is for operations', async () => {
    await lookWith(1, []);
    await lookWith(90, []);
    expect(await said()).toEqual(['CREDENTIAL_ENDING soc', 'CREDENTIAL_RENEWED soc']);
    expect(Object.keys((await valuesOf('CREDENTIAL_RENEWED'))[0]!)).toEqual(['source', 'ends']);
  });
});

test('a process that dies between the notice and its mark says nothing twice, nor do two at once', async () => {
  await setState('soc', 'paused');
  await giveUp('boss', 1);
  for (let n = 0; n < 3; n += 1) {
    await database().$client`update conditions set told = null`;
    const workers = [await startLooking(), await startLooking()];
    const areTold = async () => {
      const all = await readConditions(database());
      return all.length === 2 && all.every(({ told }) => told !== null);
    };
    expect(await until(areTold, 5000)).toBe(true);
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  expect((await said()).sort()).toEqual(['DELIVERIES_DEAD boss ops', 'SINK_PAUSED ops']);
});

test('without the role it says nothing, and nothing is over', async () => {
  await setState('soc', 'paused');
  const open = ['sink:boss', 'sink:gone'];
  for (const name of open)
    await database().$client`insert into conditions (name, told) values (${name}, 'x 0')`;
  const lease = await hold(database(), 'job:watchdog');
  const audience = createAudience({ routes, sinks, operations: ['ops'] });
  const deps = {
    db: database(),
    log: quiet,
    now: Date.now,
    sources: [],
    sinks,
    audience,
    everyMs: 20,
  };
  const worker = startWatchdog(deps, { ...lease, epoch: lease.epoch - 1 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await worker.stop();
  expect([await said(), (await readConditions(database())).map(({ name }) => name)]).toEqual([
    [],
    open,
  ]);
});

test('what is not configured any more is forgotten without a word; a source that fails is not', async () => {
  const names = ['sink:gone', 'dead:gone', 'source:gone', 'credential:gone', 'source:a'];
  for (const name of names)
    await database().$client`insert into conditions (name, told) values (${name}, 'x 0')`;
  await look({ sources: [{ id: 'a', source: {} }] });
  expect((await readConditions(database())).map(({ name }) => name)).toEqual(['source:a']);
  expect(await said()).toEqual([]);
});

test('a clock that went back is told of once, to those who must mend it', async () => {
  await insertPage(database(), { fence: null, source: 'a', events: [], cursor: 'c1' });
  await database().$client`update cursors set updated_at = updated_at + interval '1 hour'`;
  for (let times = 0; times < 2; times += 1) await look();
  expect(await said()).toEqual(['CLOCK_LEAPT ops']);
  const [values] = await valuesOf('CLOCK_LEAPT');
  expect(Number(values!.seconds)).toBeLessThan(-3500);
});

test('what began in the future, by a clock that went back, begins now', async () => {
  await setState('soc', 'paused');
  await look();
  await database().$client`update conditions set since = since + interval '1 hour', told = null`;
  await look();
  const [known] = await readConditions(database());
  expect(known!.sinceMs).toBeLessThanOrEqual(Date.now() + 60_000);
});
