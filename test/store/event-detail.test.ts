// One event is read with everything that the tables know of it.
import { expect, test } from 'vitest';
import { readEventDetail } from '../../src/store/event-detail.ts';
import { insertPage } from '../../src/store/events.ts';
import { draft, useDatabase } from './stored.ts';

const db = useDatabase();

test('the newest attempts of a delivery are read, in their order', async () => {
  const decisions = [{ sink: 'soc', state: 'pending', reason: null, priority: 1 } as const];
  const events = [{ draft: draft(1, { raw: '{ "a" : 1.0 }' }), routes: ['x'], decisions }];
  const [one] = (await insertPage(db(), { fence: null, source: 'a', events, cursor: null }))!;
  await db().$client`
    insert into delivery_attempts (event_id, sink, outcome, duration_ms)
    select ${one!.id}::bigint, 'soc', 'retry', n from generate_series(1, 250) n`;
  await db().$client`
    update deliveries set held_by = 'group', held_until = '2026-03-02T15:00:00Z'`;
  const detail = await readEventDetail(db(), String(one!.id));
  expect(detail).toMatchObject({ raw: '{ "a" : 1.0 }', routes: ['x'], event: { source: 'a' } });
  const [delivery] = detail!.deliveries;
  expect(delivery).toMatchObject({
    ...{ sink: 'soc', state: 'pending', silence: null, digestId: null, remoteId: null },
    ...{ heldBy: 'group', heldUntil: '2026-03-02T15:00:00.000Z', finalizedAt: null },
  });
  expect(delivery!.tried.map(({ durationMs }) => durationMs)).toEqual(
    Array.from({ length: 200 }, (_, n) => n + 51),
  );
});

test('an event that is not stored is null', async () => {
  expect(await readEventDetail(db(), '1')).toBeNull();
});
