// What people hear of a sink that nothing reaches: by each change, by each look, and, on a real
// Postgres, to whom it goes and how often.
import { describe, expect, test } from 'vitest';
import { createAudience } from '../../../src/core/notices/audience.ts';
import { announce } from '../../../src/core/notices/conditions.ts';
import {
  changeNotice,
  createSinkNotices,
  isPausedByOperator,
  type SinkChange,
  type SinkNotice,
  sinkFinding,
  sinksDown,
  unreachable,
} from '../../../src/core/notices/sink-notices.ts';
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

const sinceMs = Date.parse('2026-03-01T10:00:00Z');

describe('a change of state', () => {
  const context = { detail: 'status 403', noticeableMs: 300_000, nowMs: sinceMs + 60_000 };
  const change: SinkChange = {
    to: 'ok',
    reason: null,
    fromSinceMs: sinceMs,
    lastedMs: 60_000,
    wasPaused: false,
  };
  const values = {
    sink: 'soc',
    since: '2026-03-01T10:00:00.000Z',
    until: '2026-03-01T10:01:00.000Z',
  };
  const isBack = {
    sink: 'soc',
    notice: { kind: 'sink_back', values },
    key: `soc ${sinceMs}`,
    to: 'this',
  };

  test.each<[string, Partial<SinkChange>, unknown]>([
    [
      'to paused is for others, with its reason and what was answered',
      { to: 'paused', reason: 'auth' },
      {
        ...{ sink: 'soc', key: 'sink:soc', to: 'others' },
        notice: {
          kind: 'sink_paused',
          values: { sink: 'soc', reason: 'auth', message: 'status 403' },
        },
      },
    ],
    ['to backing off is no news yet', { to: 'backing_off', reason: 'timeout' }, undefined],
    ['to ok after a short while is no news', {}, undefined],
    ['to ok at the very edge is no news', { lastedMs: 300_000 }, undefined],
    ['to ok after long is for its own readers', { lastedMs: 300_001 }, isBack],
    ['to ok after a pause is so however short it was', { wasPaused: true }, isBack],
  ])('%s', (_title, more, expected) => {
    expect(changeNotice('soc', { ...change, ...more }, context)).toEqual(expected);
  });

  test('whose reason nobody knows is announced all the same', () => {
    const notice = changeNotice(
      'soc',
      { ...change, to: 'paused' },
      { ...context, detail: undefined },
    );
    expect(notice?.notice.values).toEqual({ sink: 'soc', reason: '', message: '' });
  });
});

const condition = (name: string, told: string | null) => ({ name, sinceMs, ageMs: 0, told });

describe('a look at a sink', () => {
  const row = { state: 'backing_off', reason: 'timeout', ageMs: 1000 } as const;
  const known = [condition('sink:soc', 'sink_paused 0 to ops')];
  const failing = { kind: 'sink_failing', afterMs: 900_000 };
  test.each([
    ['timeout', { unreached: 'timeout' }],
    ['connection', { unreached: 'connection' }],
    ['unreachable', { unreached: 'unreachable' }],
    ['server_error', { answered: 'server_error' }],
    ['rate_limited', { answered: 'rate_limited' }],
    ['refused', { answered: 'refused' }],
    ['probing', {}],
    [null, {}],
  ])('that failed with %s says whether it answered', (reason, said) => {
    const finding = sinkFinding('soc', { ...row, reason }, []);
    expect(finding.holds?.values('2026-02-03T01:02:03Z')).toEqual({
      sink: 'soc',
      since: '2026-02-03T01:02:03Z',
      ...said,
    });
  });

  test.each([
    ['that never changed its state finds it well', undefined, [], undefined, 'sink_back'],
    [
      'that is paused finds that',
      { ...row, state: 'paused' },
      [],
      { kind: 'sink_paused' },
      undefined,
    ],
    [
      'that backs off finds that, and for how long',
      row,
      [],
      { ...failing, heldMs: 1000 },
      undefined,
    ],
    ['that backs off since a time ahead finds that', { ...row, ageMs: -5 }, [], failing, undefined],
    [
      'that is tried while people know that it is paused finds nothing',
      row,
      known,
      undefined,
      undefined,
    ],
    [
      'that is well, but not for long, finds nothing',
      { ...row, state: 'ok', ageMs: 119_999 },
      known,
      undefined,
      undefined,
    ],
    [
      'that is well for long finds it well',
      { ...row, state: 'ok', ageMs: 120_000 },
      known,
      undefined,
      'sink_back',
    ],
    [
      'that is well since a time ahead finds it well',
      { ...row, state: 'ok', ageMs: -5 },
      known,
      undefined,
      'sink_back',
    ],
  ] as const)('%s', (_title, found, open, holds, over) => {
    const finding = sinkFinding('soc', found, open);
    const { values: _values, ...held } = finding.holds ?? {};
    expect([finding.name, finding.holds && held, finding.over?.kind]).toEqual([
      'sink:soc',
      holds,
      over,
    ]);
  });
});

test('sinks are down for people once that was announced', () => {
  const names = ['sink:soc', 'source:a', 'dead:ops'].map((name) => condition(name, 'x'));
  expect([...sinksDown([...names, condition('sink:boss', null)])]).toEqual(['soc']);
});

test('nobody is there to hear whose sink is down, or was paused by an operator', () => {
  const pauseOf = (name: string) =>
    name === 'sink:ops' ? { by: 'ann', reason: 'r', since: '', until: '' } : null;
  const known = [condition('sink:soc', 'x')];
  const sinks = ['soc', 'ops', 'boss'];
  expect([...unreachable(known, { sinks }, { pauseOf })]).toEqual(['soc', 'ops']);
  expect([...unreachable(known, { sinks }, undefined)]).toEqual(['soc']);
  expect([isPausedByOperator('ops', { pauseOf }), isPausedByOperator('ops', undefined)]).toEqual([
    true,
    false,
  ]);
});
