// Who is on duty: with a table, in a gap of it, and without one.
import { expect, test } from 'vitest';
import { duty, perform } from '../../src/operations/index.ts';
import { useDatabase } from '../store/stored.ts';
import { configOf, contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const shown = (table: string) => {
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
time_zone: UTC
duty: { table: [${table}], fallback: { who: lead } }
`);
  return perform(duty.shown, contextOn(db(), { config }), {});
};

test('nobody, if the configuration has no duty', async () => {
  const none = { isConfigured: false, now: null, next: null, fallback: null };
  expect(await overTheWire(db(), duty.shown, {})).toEqual(none);
});

test('who is on duty now, and who is next', async () => {
  const now = '{ who: ana, from: "2020-01-01T00:00", to: "2900-01-01T00:00" }';
  const next = '{ who: bo, from: "2900-01-01T00:00", to: "2901-01-01T00:00" }';
  expect(await shown(`${next}, ${now}`)).toEqual({
    isConfigured: true,
    now: { who: 'ana', from: '2020-01-01T00:00:00.000Z', until: '2900-01-01T00:00:00.000Z' },
    next: { who: 'bo', from: '2900-01-01T00:00:00.000Z', until: '2901-01-01T00:00:00.000Z' },
    fallback: 'lead',
  });
  expect(await shown(next)).toMatchObject({ now: null, next: { who: 'bo' } });
});
