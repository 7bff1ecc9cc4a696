// A change as an event: whose it is, what it keeps, and by what it is known again.
import { expect, test } from 'vitest';
import { changeOf } from '../../../../src/sources/deepinstinct/changes/draft.ts';
import type { Watched } from '../../../../src/sources/deepinstinct/changes/watch.ts';
import { parsePage } from '../../../../src/sources/deepinstinct/page.ts';
import { faultsOf } from '../../../contract/draft-faults.ts';
import { item as itemText } from '../fake-tenant.ts';

const watched: Watched = {
  ...{ stream: 'event', number: 7, subject: 'event/7', source: 'soc', externalId: 'g2/7' },
  ...{ sinceMs: 1, severity: 4, eventId: 41, isOpen: true, newsAtMs: 1 },
  ...{ lookedAtMs: null, absentSinceMs: null, goneAtMs: null },
};
const link = 'https://console.example.com/#/events/{id}';

function compare(before: string, after: string, more: Partial<Watched> = {}) {
  const [item] = parsePage(`{"events":[${after}]}`).items;
  return changeOf({ item: item!, knownRaw: before, link, watched: { ...watched, ...more } });
}

test('is the item as it is now, under the subject of its first event', () => {
  const after = itemText(7, 5, { status: 'CLOSED', threat_severity: 'LOW' });
  const change = compare(itemText(7, 5), after)!;
  expect(change).toMatchObject({
    ...{ subject: 'event/7', stream: 'change', type: 'STATIC_ANALYSIS', severity: 2 },
    ...{ status: 'CLOSED', action: 'PREVENTED', raw: after },
    body: {
      itemId: '7',
      link: 'https://console.example.com/#/events/7',
      change: {
        ...{ source: 'soc', externalId: 'g2/7', closing: 'closed' },
        fields: [
          { name: 'status', from: 'OPEN', to: 'CLOSED' },
          { name: 'severity', from: 'HIGH', to: 'LOW' },
        ],
      },
    },
  });
  expect(faultsOf(change)).toEqual([]);
});

test('is known again by the event that it follows and by what it came to', () => {
  const [before, after] = [itemText(7, 5), itemText(7, 5, { comment: 'seen' })];
  const ids = [
    compare(before, after),
    compare(before, itemText(7, 5, { comment: 'seen', path: 'elsewhere' })),
    compare(before, itemText(7, 5, { comment: 'seen twice' })),
    compare(before, after, { eventId: 42 }),
  ].map((change) => change!.externalId);
  expect(ids[0]).toMatch(/^event\/7~41~[0-9a-f]{16}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(3);
});

test.each([
  ['the same item', itemText(7, 5), itemText(7, 5)],
  ['another item of the number', itemText(7, 5), itemText(7, 500, { status: 'CLOSED' })],
  ['what is stored as bytes', '{"base64":"e30="}', itemText(7, 5, { status: 'CLOSED' })],
  ['what is stored and is no object', '17', itemText(7, 5, { status: 'CLOSED' })],
  ['what is stored and is no JSON', '{"id":7', itemText(7, 5, { status: 'CLOSED' })],
  ['garbage now', itemText(7, 5), '"closed"'],
])('%s is no change', (_, before, after) => {
  expect(compare(before, after)).toBeUndefined();
});
