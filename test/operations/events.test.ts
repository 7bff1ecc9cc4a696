// Stored events travel whole: page by page, or one by its number here or at its vendor.
import { beforeEach, expect, test } from 'vitest';
import { events } from '../../src/operations/index.ts';
import { insertPage } from '../../src/store/events.ts';
import { draft, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const body = {
  itemId: '17',
  device: { name: 'PC-1', ip: '10.0.0.1' },
  techniques: [{ id: 'T1059' }],
  newerField: { a: 1 },
};

beforeEach(async () => {
  const decisions = [{ sink: 'soc', state: 'pending', reason: null, priority: 1 } as const];
  const stored = [draft('1', { body }), draft('2')].map((one) => ({
    draft: one,
    routes: [],
    decisions,
  }));
  await insertPage(db(), { fence: null, source: 'di', events: stored, cursor: null });
});

test('a page has what routes look at, and the next one begins behind it', async () => {
  const [first, second, ...rest] = await overTheWire(db(), events.page, {
    sinceMs: 0,
    afterId: null,
  });
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ source: 'di', sinks: ['soc'] });
  expect(JSON.parse(first!.body)).toEqual(body);
  expect(await overTheWire(db(), events.page, { sinceMs: 0, afterId: first!.id })).toEqual([
    second,
  ]);
});

test('one event has its body as it was stored, fields of other releases as well', async () => {
  const mine = await overTheWire(db(), events.read, { event: { source: 'di', externalId: '1' } });
  expect(mine).toMatchObject({ source: 'di', externalId: '1', body });
  expect(await overTheWire(db(), events.read, { event: { id: mine!.id } })).toEqual(mine);
  expect(await overTheWire(db(), events.read, { event: { id: 999_999_999 } })).toBeNull();
});

test('a key that is neither of the two is refused', () => {
  for (const event of [{}, { id: 'one' }, { id: 1, source: 'di' }, { source: 'di' }])
    expect(events.read.input.safeParse({ event }).success).toBe(false);
});
