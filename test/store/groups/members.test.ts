// What a digest would be made of: which deliveries, in what order, and what is known of each.
import { describe, expect, test } from 'vitest';
import { type MemberChoice, readMembers } from '../../../src/store/groups/index.ts';
import { change, posted, storeStep } from '../../support/changed.ts';
import { draft, drafts, hold, useDatabase } from '../stored.ts';
import { freeze, grouped, key, plain, storeFor } from './digests.ts';

const database = useDatabase();
const read = async (choice: MemberChoice, limit = 10) =>
  (await readMembers(database(), { sink: 'soc', choice, limit })).map(({ eventId }) => eventId);

test('the members of a digest come with what tells their devices apart', async () => {
  const body = { device: { id: '7', name: 'DC01' }, tenant: { name: 'Bakery', id: 't1' } };
  await storeFor(database(), plain, [draft(1, { body })]);
  const [only] = await readMembers(database(), {
    sink: 'soc',
    choice: { below: -1, excluded: [] },
    limit: 10,
  });
  expect(only).toMatchObject({ device: 'DC01', deviceId: '7', tenant: 'Bakery', source: 'a' });
});

test('a member without a device, a tenant, a file, a route and a trace leaves them undefined', async () => {
  await storeFor(database(), { ...plain, name: 'r' }, [draft(1, { body: {} })]);
  await database().$client`update deliveries set route = null`;
  const choice = { below: -1, excluded: [] };
  const [only] = await readMembers(database(), { sink: 'soc', choice, limit: 1 });
  expect(Object.entries(only!).filter(([, value]) => value !== undefined)).toEqual([
    ['eventId', expect.any(Number)],
    ['severity', 3],
    ['type', 'STATIC_ANALYSIS'],
    ['source', 'a'],
    ['receivedAtMs', expect.any(Number)],
  ]);
});

describe('the choice', () => {
  test('of a group gives those that wait in it, most urgent first, as many as were asked for', async () => {
    const [low, critical, high] = await storeFor(database(), grouped, [
      draft(1, { severity: 2 }),
      draft(2, { severity: 5 }),
      draft(3, { severity: 4 }),
    ]);
    await storeFor(database(), plain, [draft(4)]);
    expect(await read({ group: key })).toEqual([critical, high, low]);
    expect(await read({ group: key }, 2)).toEqual([critical, high]);
    expect(await read({ group: '["other"]' })).toEqual([]);
  });

  test('of a digest gives its members, which wait in no group any more', async () => {
    const ids = await storeFor(database(), grouped);
    const lease = await hold(database(), 'sink:x');
    await freeze(database(), lease, { ids: ids.slice(0, 3) });
    const [row] = await database().$client`select id from events where stream = 'digest'`;
    expect(await read({ digest: row!.id })).toEqual(ids.slice(0, 3));
    expect(await read({ group: key })).toEqual(ids.slice(3));
  });

  test('below a priority gives what is less urgent, due, held nowhere and not excluded', async () => {
    const [critical, medium, low, later] = await storeFor(database(), plain, [
      draft(1, { severity: 5 }),
      draft(2, { severity: 3 }),
      draft(3, { severity: 2 }),
      draft(4, { severity: 2 }),
    ]);
    await storeFor(database(), grouped, drafts(5, 1));
    await database().$client`
      update deliveries set scheduled_at = now() + interval '1 minute' where event_id = ${later!}`;
    expect(await read({ below: -1, excluded: [] })).toEqual([critical, medium, low]);
    expect(await read({ below: 0, excluded: [] })).toEqual([medium, low]);
    expect(await read({ below: 0, excluded: [medium!] })).toEqual([low]);
  });
});

test('a storm takes no reply and no step', async () => {
  await storeFor(database(), plain, [draft(1), draft(2)]);
  const [root] = (await posted(database())) as [number];
  await storeStep(database(), root);
  await change(database(), root, { kind: 'noted' });
  const choice = { below: -1, excluded: [] };
  const members = await readMembers(database(), { sink: 'soc', choice, limit: 2 });
  expect(members).toHaveLength(2);
});
