// What is said and written of a sink's state, on a real Postgres: in order, and also if the
// database is away.
import { afterEach, expect, test, vi } from 'vitest';
import type { Transition } from '../../../src/core/deliver/health.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { StateReporter } from '../../../src/core/deliver/state-reporter.ts';
import type { SinkNotice } from '../../../src/core/notices/sink-notices.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { readSinkState } from '../../../src/store/sinks.ts';
import { hold, quiet, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
afterEach(() => vi.restoreAllMocks());

const since = { lastedMs: 1000, fromSinceMs: 1_770_000_000_000, wasPaused: false };
const paused: Transition = { from: 'ok', to: 'paused', reason: 'auth', ...since };
const backingOff: Transition = { from: 'ok', to: 'backing_off', reason: 'timeout', ...since };
const back: Transition = { from: 'backing_off', to: 'ok', reason: null, ...since };

async function setUp() {
  const db = database();
  const notices: SinkNotice[] = [];
  const lines: string[] = [];
  const note = (_fields: object, message: string) => void lines.push(message);
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  const deps = {
    ...{ id: 'soc', db, policy: defaultPolicy, metrics, now: Date.now },
    log: { ...quiet, info: note, warn: note, error: note } as unknown as typeof quiet,
    announce: async (notice: SinkNotice) => void notices.push(notice),
  };
  const reporter = new StateReporter(deps, await hold(db, 'sink:x'));
  const shown = async () => {
    const { values } = await metrics.sinkState.get();
    return values.filter(({ value }) => value === 1).map(({ labels }) => labels.state);
  };
  const written = async () => (await readSinkState(db, 'soc'))?.state;
  return { reporter, notices, lines, shown, written };
}

test('a change is in the metric at once, and soon in the log and the database', async () => {
  const { reporter, lines, shown, written } = await setUp();
  reporter.report(backingOff, 'no answer');
  expect(await shown()).toEqual(['backing_off']);
  await reporter.finished();
  expect([lines, await written()]).toEqual([['the sink backs off'], 'backing_off']);
});

test('of several changes the last one is written last', async () => {
  const { reporter, lines, written } = await setUp();
  for (const change of [backingOff, back, paused, back]) reporter.report(change, undefined);
  await reporter.finished();
  expect(await written()).toBe('ok');
  expect(lines).toEqual([
    'the sink backs off',
    'the sink is well again',
    'the sink is paused, everything is kept',
    'the sink is well again',
  ]);
});

test('people hear of a pause, with what went wrong, and of nothing that was short', async () => {
  const { reporter, notices } = await setUp();
  for (const change of [backingOff, back, paused]) reporter.report(change, 'status 403');
  await reporter.finished();
  expect(notices.map(({ notice, to }) => [notice.kind, notice.values.message, to])).toEqual([
    ['sink_paused', 'status 403', 'others'],
  ]);
});

test('a state that the database did not take is written again, once a second has passed', async () => {
  const { reporter, lines, notices, written } = await setUp();
  await database().$client`alter table sinks rename to away`;
  reporter.report(paused, undefined);
  await reporter.finished();
  await database().$client`alter table away rename to sinks`;
  expect(lines.at(-1)).toBe("the sink's state could not be written");
  reporter.catchUp();
  await reporter.finished();
  expect(await written()).toBeUndefined();
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 1001);
  reporter.catchUp();
  await reporter.finished();
  expect([await written(), notices.length]).toEqual(['paused', 1]);
});
