// Failed logins are counted for five minutes, by address, and leave few rows.
import { expect, test } from 'vitest';
import { noteFailedLogin } from '../../src/store/failed-logins.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();
const note = (address: string) => noteFailedLogin(db(), address);
const age = (minutes: number) =>
  db().$client`update failed_logins set minute = minute - ${minutes} * interval '1 minute'`;

test('counts those of an address, of all who ask at once', async () => {
  await Promise.all(Array.from({ length: 20 }, () => note('192.0.2.1')));
  const { count, secondsLeft } = await note('192.0.2.1');
  expect(count).toBe(21);
  expect(secondsLeft).toBeGreaterThan(180);
  expect(secondsLeft).toBeLessThanOrEqual(300);
  expect((await note('192.0.2.2')).count).toBe(1);
});

test('forgets them after five minutes, and removes them later', async () => {
  await note('192.0.2.1');
  await age(3);
  const { count, secondsLeft } = await note('192.0.2.1');
  expect(count).toBe(2);
  expect(secondsLeft).toBeLessThanOrEqual(120);
  await age(3);
  expect((await note('192.0.2.1')).count).toBe(2);
  await age(11);
  await note('192.0.2.1');
  expect((await db().$client`select 1 from failed_logins`).length).toBe(1);
});

test('ten thousand from one address are a row for each minute', async () => {
  for (let batch = 0; batch < 100; batch += 1)
    await Promise.all(Array.from({ length: 100 }, () => note('192.0.2.1')));
  expect((await db().$client`select 1 from failed_logins`).length).toBeLessThanOrEqual(3);
});
