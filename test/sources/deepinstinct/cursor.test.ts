// A stored position in words, for the people who read `tocsin source list`.
import { expect, test } from 'vitest';
import { describeCursor } from '../../../src/sources/deepinstinct/cursor.ts';
import { drain, externalIds, failure, numbers, sourceOf, startFakeTenant } from './fake-tenant.ts';

const at = '2026-02-03T01:00:54.123456Z';
const words = 'up to event 17000, inserted 2026-02-03T01:00:54.123Z';

test.each([
  [{ id: 17000, at, start: 0 }, words],
  [{ id: 17000, at: null, start: 0 }, 'up to event 17000'],
  [{ id: 17000, at: 'soon', start: 0 }, 'up to event 17000, inserted soon'],
  [{ id: 17000, at, start: 16950 }, `${words}, announced from event 16951 on`],
  [
    { id: 17000, at, start: 0, before: { id: 12, at: null } },
    `${words}, leapt there from event 12`,
  ],
  [{ id: 0, at: null, start: 0 }, 'nothing yet, from the first event on'],
  [17000, 'up to event 17000, announced from event 17001 on'],
  [{ id: 'x' }, undefined],
  [{ offset: 5 }, undefined],
  [null, undefined],
  [[], undefined],
])('%j reads: %s', (cursor, expected) => {
  expect(describeCursor(JSON.stringify(cursor))).toBe(expected);
});

test('what is no JSON is no position of this source', () => {
  expect(describeCursor('{')).toBeUndefined();
});

test('reads the number that an operator wrote in place of a cursor, and refuses anything else', async () => {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = numbers(95, 20);
  expect(externalIds(await drain(sourceOf(tenant), '110'))).toEqual(['111', '112', '113', '114']);
  for (const cursor of ['', 'x', '-1', '{"id":"5"}', '[]', 'null']) {
    expect(await failure(tenant, cursor)).toMatchObject({
      reason: 'malformed',
      message: expect.stringContaining('source reset'),
    });
  }
});
