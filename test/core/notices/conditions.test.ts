// What lasts is announced when it begins, once a day, and when it ends, on a real Postgres.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  announce,
  announceEnd,
  type Condition,
  keyWhile,
} from '../../../src/core/notices/conditions.ts';
import { readConditions } from '../../../src/store/conditions.ts';
import { hold, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const condition: Condition = {
  ...{ name: 'sink:soc', kind: 'sink_paused', to: ['ops'] },
  values: () => ({ sink: 'soc' }),
};
const by = () => ({ db: database(), fence: null, nowMs: Date.now() });
const say = (more: Partial<Condition> = {}) => announce(by(), { ...condition, ...more });
const age = (interval: string) =>
  database().$client`update conditions set since = since - ${interval}::interval`;

async function announced(): Promise<string[]> {
  const rows = await database().$client`
    select e.type, string_agg(d.sink, ' ' order by d.sink) as sinks
    from events e left join deliveries d on d.event_id = e.id group by e.id order by e.id`;
  return rows.map(({ type, sinks }) => `${type} ${sinks}`);
}

describe('a condition that holds', () => {
  test('is announced once, and once more each day', async () => {
    for (let looks = 0; looks < 3; looks += 1) await say();
    expect(await announced()).toEqual(['SINK_PAUSED ops']);
    await age('25 hours');
    for (let looks = 0; looks < 3; looks += 1) await say();
    expect(await announced()).toEqual(['SINK_PAUSED ops', 'SINK_PAUSED ops']);
  });

  test('is announced when it has lasted long enough, by its own count or by another', async () => {
    await say({ afterMs: 60_000 });
    expect(await announced()).toEqual([]);
    await say({ afterMs: 60_000, heldMs: 61_000 });
    expect(await announced()).toEqual(['SINK_PAUSED ops']);
  });

  test('is announced for each of its editions', async () => {
    for (const edition of ['14', '14', '7']) await say({ edition });
    expect(await announced()).toHaveLength(2);
  });

  test('counts as announced if it has no recipient', async () => {
    await say({ to: [] });
    await say();
    expect(await announced()).toEqual([]);
  });
});

describe('its end', () => {
  let end: (known: string[]) => Promise<void>;
  beforeEach(async () => {
    const fence = await hold(database(), 'job:watchdog');
    const values = () => ({ sink: 'soc' });
    const over = { name: condition.name, kind: 'sink_back' as const, to: ['else'], values };
    end = (known) => announceEnd({ ...by(), fence }, { ...over, known });
  });

  test('goes to everybody who got any of it and still exists, and to nobody else', async () => {
    await say({ to: ['ops', 'gone'] });
    await age('25 hours');
    await say({ to: ['boss'] });
    await end(['ops', 'boss', 'soc']);
    expect((await announced()).at(-1)).toBe('SINK_BACK boss ops');
    expect(await readConditions(database())).toEqual([]);
  });

  test('of what was never announced is no news', async () => {
    await say({ afterMs: 60_000 });
    await end(['ops']);
    expect([await announced(), await readConditions(database())]).toEqual([[], []]);
  });

  test('goes to its own recipients where a release before did not note who got the beginning', async () => {
    await say();
    await database().$client`update conditions set told = 'sink_paused 0'`;
    await end(['ops']);
    expect((await announced()).at(-1)).toBe('SINK_BACK else');
  });
});

test('the key is the same while it lasts, and another one when it does not', async () => {
  expect(await keyWhile(database(), condition.name, 'other')).toBe('other');
  await say();
  const key = await keyWhile(database(), condition.name, 'other');
  expect(key).toMatch(/^while sink:soc \d{4}-/);
  expect(await keyWhile(database(), condition.name, 'another')).toBe(key);
});
