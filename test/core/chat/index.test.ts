// How an incident stands, in the words of its card and with whole times.
import { expect, test } from 'vitest';
import { createChatWords, stateText } from '../../../src/core/chat/index.ts';
import { plainText } from '../../../src/kit/card.ts';
import type { IncidentView } from '../../../src/kit/incident.ts';

const open: IncidentView = {
  ...{ id: 1, eventId: 17, state: 'open', version: 0, severity: 4, by: null, via: null },
  ...{ changedAt: '2026-02-03T01:00:00.000Z', until: null, note: null, occurrences: 1 },
  ...{ lastSeenAt: null, escalatedTo: null },
};
const { language } = createChatWords('en', 'Asia/Bangkok');

test('of what nobody touched there is nothing to say', () => {
  expect(stateText(open, language)).toEqual([]);
});

test('it says who, by which way, when and until when', () => {
  const until = '2026-02-03T09:00:00.000Z';
  const taken = { ...open, state: 'acknowledged', by: 'ana', via: 'chat', until } as const;
  expect(plainText(stateText(taken, language))).toBe(
    'Acknowledged by ana via chat, 3 Feb 2026 08:00, until 3 Feb 2026 16:00',
  );
});
