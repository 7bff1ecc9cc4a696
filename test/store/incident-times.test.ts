// Whose time is over, by the database's clock.
import { expect, test } from 'vitest';
import { readOver } from '../../src/store/incident-times.ts';
import { drafts, storePage, useDatabase } from './stored.ts';

const db = useDatabase();

test('what is acknowledged or snoozed and over, the first to end first; quiet after a week', async () => {
  const page = await storePage(db(), { events: drafts(1, 7) });
  const [a, b, c, d, e, f] = page!.events.map(({ id }) => id);
  // What an earlier release removed without its incident is none.
  const gone = page!.events[6]!.id;
  await db().$client`delete from events where id = ${gone}`;
  await db().$client`
    insert into incidents (source, subject, event_id, severity, state, until, changed_at,
      last_seen_at)
    values
      ('a', '1', ${a!}, 4, 'acknowledged', now() - interval '1 minute', now(), null),
      ('a', '2', ${b!}, 4, 'snoozed', now() - interval '1 hour', now() - interval '8 days', null),
      ('a', '3', ${c!}, 4, 'snoozed', now() - interval '2 hours', now() - interval '8 days', now()),
      ('a', '4', ${d!}, 4, 'acknowledged', now() + interval '1 minute', now(), null),
      ('a', '5', ${e!}, 4, 'acknowledged', null, now(), null),
      ('a', '6', ${f!}, 4, 'resolved', now() - interval '1 hour', now(), null),
      ('a', '7', ${gone}, 4, 'snoozed', now() - interval '3 hours', now(), null)`;
  const over = [
    { eventId: c, isQuiet: false },
    { eventId: b, isQuiet: true },
    { eventId: a, isQuiet: false },
  ];
  expect(await readOver(db(), 10)).toEqual(over);
  expect(await readOver(db(), 2)).toEqual(over.slice(0, 2));
});
