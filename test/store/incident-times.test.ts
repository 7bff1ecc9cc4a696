// Whose time is over, by the database's clock.
import { expect, test } from 'vitest';
import { readOver } from '../../src/store/incident-times.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();

test('what is acknowledged or snoozed and over, the first to end first; quiet after a week', async () => {
  await db().$client`
    insert into incidents (source, subject, event_id, severity, state, until, changed_at,
      last_seen_at)
    values
      ('a', '1', 1, 4, 'acknowledged', now() - interval '1 minute', now(), null),
      ('a', '2', 2, 4, 'snoozed', now() - interval '1 hour', now() - interval '8 days', null),
      ('a', '3', 3, 4, 'snoozed', now() - interval '2 hours', now() - interval '8 days', now()),
      ('a', '4', 4, 4, 'acknowledged', now() + interval '1 minute', now(), null),
      ('a', '5', 5, 4, 'acknowledged', null, now(), null),
      ('a', '6', 6, 4, 'resolved', now() - interval '1 hour', now(), null)`;
  const over = [
    { eventId: 3, isQuiet: false },
    { eventId: 2, isQuiet: true },
    { eventId: 1, isQuiet: false },
  ];
  expect(await readOver(db(), 10)).toEqual(over);
  expect(await readOver(db(), 2)).toEqual(over.slice(0, 2));
});
