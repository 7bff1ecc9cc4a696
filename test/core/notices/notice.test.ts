// A notice as an event; in the store, intake.test.ts and conditions.test.ts.
import { expect, test } from 'vitest';
import { noticeEvent, storeNotice } from '../../../src/core/notices/notice.ts';
import type { Notice } from '../../../src/kit/event.ts';
import { useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const made = (kind: Notice['kind'], key = 'k', to = ['soc']) =>
  noticeEvent({ notice: { kind, values: { sink: 'soc' } }, key, to, nowMs: 0 });

test.each<[Notice['kind'], number]>([
  ['watching', 1],
  ['sink_back', 1],
  ['storm_over', 1],
  ['silence_over', 1],
  ['database_back', 1],
  ['sink_paused', 4],
  ['source_failing', 4],
  ['deliveries_dead', 4],
  ['clock_leapt', 4],
])('%s has severity %i', (kind, severity) => {
  expect(made(kind).draft.severity).toBe(severity);
});

test('it waits behind nothing, and no route has a say', () => {
  const { routes, decisions } = made('sink_paused', 'k', ['a', 'b']);
  expect(routes).toEqual([]);
  expect(decisions.map(({ sink, state, priority }) => [sink, state, priority])).toEqual([
    ['a', 'pending', 0],
    ['b', 'pending', 0],
  ]);
});

test('the same kind and key is one event, and another kind or key another', () => {
  const ids = [made('sink_paused'), made('sink_paused', 'k', []), made('sink_back')].map(
    ({ draft }) => draft.externalId,
  );
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
  expect(made('sink_paused', 'other').draft.externalId).not.toBe(ids[0]);
});

test('one that is for no sink is not stored', async () => {
  const by = { db: database(), fence: null, nowMs: 0 };
  const notice = { kind: 'sink_paused', values: {} } as const;
  await storeNotice(by, { notice, key: 'k', to: [] });
  expect(await database().$client`select 1 from events`).toEqual([]);
  await storeNotice(by, { notice, key: 'k', to: ['soc'] });
  expect(await database().$client`select source, type from events`).toEqual([
    { source: 'tocsin', type: 'SINK_PAUSED' },
  ]);
});
