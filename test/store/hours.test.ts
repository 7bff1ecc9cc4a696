// Events by hour: the newest rows alone, and no hour that is not whole without saying so.
import { expect, test } from 'vitest';
import { countByHour } from '../../src/store/hours.ts';
import { draft, drafts, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
const ago = (hours: number) => db().$client`
  update events set received_at = date_trunc('hour', now(), 'UTC') - ${hours} * interval '1 hour'
    + interval '1 second' where received_at > now() - interval '1 minute'`;

test('each hour with events has its count, the oldest first', async () => {
  await storePage(db(), { events: drafts(1, 2) });
  await ago(30);
  await storePage(db(), { events: [draft(3, { severity: 4 }), draft(4)] });
  await storePage(db(), { source: 'tocsin', events: [draft(5, { stream: 'notice' })] });
  await ago(5);
  await storePage(db(), { events: drafts(6, 3) });
  const { hours, isCut } = await countByHour(db(), 100);
  expect(isCut).toBe(false);
  expect(hours.map(({ count, urgent }) => [count, urgent])).toEqual([
    [2, 1],
    [3, 0],
  ]);
  const [first, last] = hours.map(({ at }) => Date.parse(at));
  expect(last! - first!).toBe(5 * 3_600_000);
});

test('it looks at the newest rows alone', async () => {
  await storePage(db(), { events: drafts(1, 9) });
  expect(await countByHour(db(), 4)).toMatchObject({ isCut: true, hours: [{ count: 4 }] });
  expect(await countByHour(db(), 10)).toMatchObject({ isCut: false, hours: [{ count: 9 }] });
});
