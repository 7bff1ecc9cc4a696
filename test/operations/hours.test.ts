// Events by hour: all hours of a day, also those without events.
import { expect, test } from 'vitest';
import { hours } from '../../src/operations/index.ts';
import { drafts, storePage, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

test('an hour without events counts none', async () => {
  await storePage(db(), { events: drafts(1, 3) });
  const counted = await overTheWire(db(), hours.counted, {});
  expect(counted).toMatchObject({ isCut: false, countedMax: 10_000 });
  expect(counted.hours.map(({ count }) => count)).toEqual([...Array(23).fill(0), 3]);
});

test('if there were more events than are counted, an hour that is not whole is left out', async () => {
  await db().$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes,
      received_at)
    select 'a', n::text, 's', 'event', 'T', 3, '{}', '{}', '{}', now() - n * interval '2 seconds'
    from generate_series(10100, 1, -1) n`;
  const counted = await overTheWire(db(), hours.counted, {});
  expect(counted.isCut).toBe(true);
  // 10,000 events in 5 hours and 33 minutes.
  expect(counted.hours.length).toBeGreaterThan(4);
  expect(counted.hours.length).toBeLessThan(7);
  expect(counted.hours[1]?.count).toBe(1800);
});
