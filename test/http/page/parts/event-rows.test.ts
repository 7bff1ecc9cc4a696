// Rows of events: one link each, nothing by colour alone, and a length that somebody else's text
// does not decide.
import { expect, test } from 'vitest';
import {
  DeliveryMark,
  deliveryStates,
  EventTable,
  severityOf,
} from '../../../../src/http/page/parts/event-rows.tsx';
import { words } from '../../../../src/http/page/words/index.ts';
import type { EventItem } from '../../../../src/operations/index.ts';

const item: EventItem = {
  ...{ id: '7', source: 'a', externalId: '1', itemId: '1', subject: 'event/1', stream: 'event' },
  ...{ type: 'T', severity: 'HIGH', status: null, action: null, occurredAt: null },
  ...{ receivedAt: '2026-02-03T01:19:32.505Z', device: 'PC-1', user: null, ip: null, tenant: null },
  ...{ file: 'x'.repeat(5000), hash: null, threat: null, recurrence: null, link: null },
  deliveries: [{ sink: 'soc', state: 'dead' }],
};

test('a row leads to its event, and is cut to a length', async () => {
  const html = String(await EventTable({ caption: 'C', events: [item], words: words.en }));
  expect(html).toContain('<tr data-key="7">');
  expect(html).toContain('<a href="/events/7">');
  expect(html).toContain(`${'x'.repeat(120)}…`);
  expect(html).not.toContain('x'.repeat(121));
});

test('each state has a word and a sign of its own', async () => {
  const all = await Promise.all(
    deliveryStates.map(async (state) =>
      String(await DeliveryMark({ sink: 's', state, words: words.en })),
    ),
  );
  const signs = all.map((html) => /aria-hidden="true">(.)</.exec(html)?.[1]);
  expect(new Set(signs).size).toBe(deliveryStates.length);
  expect(all[3]).toContain('<span class="unseen"> Dead</span>');
});

test('a severity has its number', () => {
  expect([severityOf('UNKNOWN'), severityOf('CRITICAL')]).toEqual([0, 5]);
});
