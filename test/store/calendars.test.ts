// The calendar of who is on duty as it was last read, on a real Postgres.
import { expect, test } from 'vitest';
import {
  type CalendarNews,
  forgetCalendar,
  keepCalendar,
  readCalendarAge,
  readStoredCalendar,
} from '../../src/store/calendars.ts';
import { hold, useDatabase } from './stored.ts';

const db = useDatabase();
const shift = { who: 'ana', names: ['ana'], fromMs: 1, untilMs: 2 };
const whole: CalendarNews = {
  ...{ kind: 'read', read: { shifts: [shift], unread: [] } },
  ...{ etag: '"1"', lastModified: 'then' },
};
const failed: CalendarNews = { kind: 'failed', error: 'console.example answered 503' };

async function keeper() {
  const lease = await hold(db(), 'job:duty');
  return {
    keep: (news: CalendarNews, origin = 'one') => keepCalendar(db(), lease, { origin, news }),
    read: (origin = 'one') => readStoredCalendar(db(), origin),
  };
}
const age = (hours: number) => db().$client`
  update calendars set since = since - ${hours} * interval '1 hour',
    read_at = read_at - ${hours} * interval '1 hour', whole_at = whole_at - ${hours} * interval '1 hour'`;

test('what was read stays while it cannot be read, and gets older', async () => {
  const { keep, read } = await keeper();
  expect(await read()).toBeNull();
  expect(await readCalendarAge(db())).toBeNull();
  await keep(whole);
  await age(7);
  expect(await keep(failed)).toBe(true);
  expect(await read()).toMatchObject({
    ...{ read: { shifts: [shift], unread: [] }, etag: '"1"', lastModified: 'then' },
    error: failed.error,
  });
  expect((await read())!.ageMs / 3_600_000).toBeCloseTo(7, 1);
  expect((await readCalendarAge(db()))! / 3600).toBeCloseTo(7, 1);
});

test('what is unchanged is read as of now, though not whole', async () => {
  const { keep, read } = await keeper();
  await keep(whole);
  await age(7);
  await keep(failed);
  await keep({ kind: 'unchanged' });
  const stored = (await read())!;
  expect(stored).toMatchObject({ read: { shifts: [shift] }, etag: '"1"', error: null });
  expect(stored.ageMs).toBeLessThan(3_600_000);
  expect(stored.wholeAgeMs! / 3_600_000).toBeCloseTo(7, 1);
});

test('one that was never read counts from the first attempt', async () => {
  const { keep, read } = await keeper();
  await keep(failed);
  await age(7);
  await keep(failed);
  expect(await read()).toMatchObject({ read: null, readAtMs: null });
  expect((await read())!.ageMs / 3_600_000).toBeCloseTo(7, 1);
});

test('of another calendar nothing is kept', async () => {
  const { keep, read } = await keeper();
  await keep(whole);
  await age(7);
  await keep(failed, 'two');
  expect(await read()).toBeNull();
  const stored = (await read('two'))!;
  expect(stored).toMatchObject({ read: null, etag: null, readAtMs: null, wholeAgeMs: null });
  expect(stored.ageMs).toBeLessThan(3_600_000);
  await forgetCalendar(db());
  expect(await read('two')).toBeNull();
});

test('who lost the role keeps nothing', async () => {
  const { keep, read } = await keeper();
  await hold(db(), 'job:duty');
  expect(await keep(whole)).toBe(false);
  expect(await read()).toBeNull();
});
