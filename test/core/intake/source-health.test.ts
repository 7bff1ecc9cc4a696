// What people hear of a source from the one process that reads it all the time; of several
// processes the tests of polls tell.
import { expect, test } from 'vitest';
import { type ReadFailure, SourceHealth } from '../../../src/core/intake/source-health.ts';
import { readConditions } from '../../../src/store/conditions.ts';
import { hold, quiet, useDatabase } from '../../store/stored.ts';

const database = useDatabase();

async function startReading(clock = () => performance.now(), looksAgain = true) {
  const deps = {
    id: 'a',
    db: database(),
    log: quiet,
    now: Date.now,
    to: ['soc'],
    clock,
    looksAgain,
  };
  const health = new SourceHealth(deps, await hold(database(), 'source:a'));
  const said = async () =>
    (await database().$client`select type from events order by id`).map(({ type }) => type);
  const failed = (reason: ReadFailure['reason']) =>
    health.after({ failure: { reason, message: 'failed' } });
  return { read: () => health.after({}), failed, said };
}

test('each trouble of a process that lives long has its end', async () => {
  const { read, failed, said } = await startReading();
  for (let times = 0; times < 2; times += 1) {
    await read();
    await failed('auth');
    await failed('auth');
  }
  await read();
  await read();
  expect(await said()).toEqual([
    'SOURCE_REJECTED',
    'SOURCE_BACK',
    'SOURCE_REJECTED',
    'SOURCE_BACK',
  ]);
});

test.each(['database', 'taken_over'] as const)(
  'a page that was not stored for %s is no trouble of the source',
  async (reason) => {
    const { failed } = await startReading();
    await failed(reason);
    expect(await readConditions(database())).toEqual([]);
  },
);

test('a credential is refused when two looks in a row say so, or the only one', async () => {
  const { read, failed, said } = await startReading();
  for (let times = 0; times < 3; times += 1) {
    await failed('auth');
    await read();
  }
  expect(await said()).toEqual([]);
  const once = await startReading(undefined, false);
  await once.failed('auth');
  expect(await said()).toEqual(['SOURCE_REJECTED']);
});

const minuteMs = 60_000;

test('two single failures with a quarter of an hour of reading between them are no news', async () => {
  let nowMs = 0;
  const { read, failed, said } = await startReading(() => nowMs);
  for (let times = 0; times < 4; times += 1) {
    await failed('server_error');
    await database().$client`update conditions set since = since - interval '16 minutes'`;
    nowMs += 16 * minuteMs;
    await read();
  }
  expect(await said()).toEqual([]);
});

test('people hear when no page was stored for a quarter of an hour, since the first failure after the last one', async () => {
  let nowMs = 0;
  const { read, failed, said } = await startReading(() => nowMs);
  await failed('server_error');
  await database().$client`update conditions set since = since - interval '1 day'`;
  await read();
  for (const minutes of [0, 14]) {
    nowMs += minutes * minuteMs;
    await failed('timeout');
  }
  expect(await said()).toEqual([]);
  nowMs += minuteMs;
  await failed('timeout');
  expect(await said()).toEqual(['SOURCE_FAILING']);
  const [row] = await database()
    .$client`select extract(epoch from now() - (body->'notice'->'values'->>'since')::timestamptz) as age from events`;
  expect(Number(row?.age)).toBeLessThan(60);
});

test('the clock of the database says nothing of failures that this process saw begin', async () => {
  const { read, failed, said } = await startReading(() => 0);
  await read();
  await failed('server_error');
  // It leaps forward by an hour.
  await database().$client`update conditions set since = since - interval '1 hour'`;
  await failed('server_error');
  expect(await said()).toEqual([]);
});

test('an end that could not be written is written before the next failure counts', async () => {
  let nowMs = 0;
  const { read, failed, said } = await startReading(() => nowMs);
  await failed('server_error');
  await database().$client`update conditions set since = since - interval '1 hour'`;
  await database().$client`alter table conditions rename to away`;
  await read();
  await failed('timeout');
  await database().$client`alter table away rename to conditions`;
  nowMs += minuteMs;
  await failed('timeout');
  expect(await said()).toEqual([]);
  const [known] = await readConditions(database());
  expect(known?.ageMs).toBeLessThan(minuteMs);
});
