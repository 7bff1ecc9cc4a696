// How far a source was read: listed whole, and changed by its id.
import { beforeEach, expect, test } from 'vitest';
import { source } from '../../src/operations/index.ts';
import { useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

beforeEach(async () => {
  const former = { generation: 1, names: [{ source: 'older', generation: 1, until: 4 }] };
  await db().$client`
    insert into cursors (source, cursor, console, former)
    values ('di', '17', 'https://a.example', ${JSON.stringify(former)}::text::jsonb), ('new', null, null, null)`;
});

test('the list has every fact, the former names of a source as well', async () => {
  expect(await overTheWire(db(), source.list, {})).toMatchObject([
    {
      ...{ source: 'di', cursor: '17', generation: 1, console: 'https://a.example' },
      former: { generation: 1, names: [{ source: 'older', generation: 1, until: 4 }] },
    },
    { source: 'new', cursor: null, console: null, former: null },
  ]);
});

test('reset starts a new generation, and says null of what was never read', async () => {
  expect(await overTheWire(db(), source.reset, { source: 'di' })).toBe(2);
  expect(await overTheWire(db(), source.reset, { source: 'nobody' })).toBeNull();
  expect(
    await overTheWire(db(), source.reset, { source: 'nobody', console: 'https://b.example' }),
  ).toBe(1);
});

test('rename, adopt and remove say whether there was anything to act on', async () => {
  expect(
    await overTheWire(db(), source.rename, { source: 'di', to: 'renamed', console: null }),
  ).toBe('done');
  expect(await overTheWire(db(), source.rename, { source: 'di', to: 'again' })).toBe('lost');
  expect(
    await overTheWire(db(), source.adopt, { source: 'renamed', console: 'https://c.example' }),
  ).toBe(true);
  expect(
    await overTheWire(db(), source.adopt, { source: 'nobody', console: 'https://c.example' }),
  ).toBe(false);
  expect(await overTheWire(db(), source.remove, { source: 'renamed' })).toBe(true);
  expect(await overTheWire(db(), source.remove, { source: 'nobody' })).toBe(false);
});

test('a source without a name is refused', () => {
  expect(source.reset.input.safeParse({ source: '' }).success).toBe(false);
});
