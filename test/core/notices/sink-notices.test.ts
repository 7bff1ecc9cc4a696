// What a sink announces of itself, on a real Postgres: to whom, and how often.
import { expect, test } from 'vitest';
import { createAudience } from '../../../src/core/notices/audience.ts';
import { announce } from '../../../src/core/notices/conditions.ts';
import { createSinkNotices, type SinkNotice } from '../../../src/core/notices/sink-notices.ts';
import { quiet, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const audience = createAudience({ routes: [], sinks: ['soc', 'boss', 'ops'], operations: ['ops'] });

function setUp() {
  const errors: unknown[] = [];
  const log = { ...quiet, error: (fields: object) => void errors.push(fields) };
  return { errors, ...createSinkNotices({ db: database(), audience, log, now: Date.now }) };
}

const paused = (sink: string): SinkNotice => ({
  sink,
  notice: { kind: 'sink_paused', values: { sink } },
  key: `sink:${sink}`,
  to: 'others',
});
const back = (key: string): SinkNotice => ({
  sink: 'soc',
  notice: { kind: 'sink_back', values: { sink: 'soc' } },
  key,
  to: 'this',
});
const stored = async () => {
  const rows = await database().$client`
    select e.type, d.sink from events e join deliveries d on d.event_id = e.id order by e.id, d.sink`;
  return rows.map(({ type, sink }) => `${type} ${sink}`);
};

test.each([
  ['of one sink go to operations', 'soc', ['SINK_PAUSED ops']],
  ['of the sink of operations go to the others', 'ops', ['SINK_PAUSED boss', 'SINK_PAUSED soc']],
])('pauses %s, once for as long as they last', async (_title, sink, expected) => {
  const notices = setUp();
  await notices.announce(paused(sink));
  await notices.announce(paused(sink));
  expect(await stored()).toEqual(expected);
});

test('a sink that is down is passed over while another one can be reached', async () => {
  const notices = setUp();
  await notices.announce(paused('ops'));
  await notices.announce(paused('boss'));
  expect((await stored()).slice(2)).toEqual(['SINK_PAUSED soc']);
});

test('a return is announced to the sink itself, once for each key', async () => {
  const notices = setUp();
  for (const key of ['soc 1', 'soc 1', 'soc 2']) await notices.announce(back(key));
  expect(await stored()).toEqual(['SINK_BACK soc', 'SINK_BACK soc']);
});

test('returns while one condition lasts are announced once', async () => {
  const notices = setUp();
  const condition = { name: 'sink:soc', kind: 'sink_paused' as const, to: [], values: () => ({}) };
  await announce({ db: database(), fence: null, nowMs: Date.now() }, condition);
  for (const key of ['soc 1', 'soc 2']) await notices.announce(back(key));
  expect(await stored()).toEqual(['SINK_BACK soc']);
});

test('a notice that cannot be stored is logged, and nothing is thrown', async () => {
  const notices = setUp();
  await database().$client`alter table conditions rename to away`;
  await notices.announce(paused('soc'));
  await database().$client`alter table away rename to conditions`;
  expect(notices.errors).toMatchObject([{ sink: 'soc', kind: 'sink_paused' }]);
});
