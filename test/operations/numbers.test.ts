// How long events took: over the wire, with the hours of business apart.
import { expect, test } from 'vitest';
import { numbers } from '../../src/operations/index.ts';
import { recordDelivered } from '../../src/store/deliveries/index.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

test('without events there are no rows, and no times', async () => {
  const none = { count: 0, medianSeconds: null, p90Seconds: null };
  expect(await overTheWire(db(), numbers.shown, {})).toMatchObject({
    isCut: false,
    rows: [],
    all: { events: 0, open: 0, closedByVendor: 0, screen: none, acknowledge: none, resolve: none },
  });
});

test('what is delivered and not acknowledged is open', async () => {
  const stored = await storePage(db(), { events: [draft(1, { severity: 5 }), draft(2)] });
  const eventId = stored!.events[0]!.id;
  await recordDelivered(db(), 'soc', [{ eventId, afterFailure: false, durationMs: 1 }]);
  const { since, until, rows, all } = await overTheWire(db(), numbers.shown, { days: 1 });
  expect(Date.parse(until) - Date.parse(since)).toBe(86_400_000);
  expect(all).toMatchObject({ events: 2, open: 1, screen: { count: 1 } });
  expect(rows.map(({ severity, events, open }) => [severity, events, open])).toEqual([
    ['CRITICAL', 1, 1],
    ['MEDIUM', 1, 0],
  ]);
});
