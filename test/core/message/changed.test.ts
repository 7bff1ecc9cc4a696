// What the vendor changed, as fields of a card.
import { expect, test } from 'vitest';
import { changedFields } from '../../../src/core/message/changed.ts';
import { eventCard } from '../../../src/core/message/event.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import type { ChangedField } from '../../../src/kit/incident.ts';
import { storedEvent } from '../../support/events.ts';
import { shownFields } from './shown.ts';

const language = createLanguage('en', 'UTC');
const fields: readonly ChangedField[] = [
  { name: 'status', from: 'OPEN', to: 'CLOSED' },
  { name: 'comment', from: null, to: '@all `x`' },
  { name: 'closedAt', from: null, to: '2026-03-01T02:03:04.000Z' },
];

test('each has a name, and what it was and is', () => {
  expect(shownFields(changedFields(fields, language, 40))).toEqual({
    Status: '`OPEN` → `CLOSED`',
    Comment: expect.stringMatching(/^– → `.*`$/),
    Closed: expect.stringMatching(/^– → time</),
  });
});

test('are six at most, and as long as there is room', () => {
  const many = Array.from({ length: 9 }, (_, index) => ({
    ...{ name: `fact${index}`, from: 'a'.repeat(500), to: 'b' },
  }));
  const shown = shownFields(changedFields(many, language, 20));
  expect(Object.keys(shown)).toHaveLength(6);
  for (const text of Object.values(shown)) expect(text.length).toBeLessThan(40);
});

test('stand first on the card of a change, unless its text may be the reason of a refusal', () => {
  const change = { source: 'di', externalId: '1', fields };
  const event = storedEvent({ stream: 'change', body: { change } });
  const namesOf = (form: 'full' | 'short' | 'bare') =>
    Object.keys(
      shownFields(
        eventCard(
          event,
          { product: undefined, language },
          { form, showTenant: false, title: 'number' },
        ).fields,
      ),
    ).slice(0, 3);
  expect(namesOf('full')).toEqual(['Status', 'Comment', 'Closed']);
  expect(namesOf('short')).toEqual(['Status', 'Comment', 'Closed']);
  expect(namesOf('bare')).toEqual([]);
});
