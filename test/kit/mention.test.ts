// Which messages ping.
import { expect, test } from 'vitest';
import type { Card } from '../../src/kit/card.ts';
import type { StoredEvent } from '../../src/kit/event.ts';
import { isPinging, mentionFrom, mentionsOf } from '../../src/kit/mention.ts';

test.each([
  [5, undefined, true],
  [4, undefined, false],
  [0, undefined, false],
  [4, 'HIGH', true],
  [0, 'HIGH', true],
  [3, 'HIGH', false],
  [2, 'LOW', true],
  [1, 'LOW', false],
] as const)('severity %i, from %s on, pings: %s', (severity, from, is) => {
  for (const kind of ['event', 'digest'] as const)
    expect(isPinging({ kind, severity }, from)).toBe(is);
  for (const kind of ['notice', 'news'] as const)
    expect(isPinging({ kind, severity }, from)).toBe(false);
});

test('nothing begins at an unknown severity', () => {
  expect(mentionFrom.safeParse('UNKNOWN').success).toBe(false);
  expect(mentionFrom.safeParse(undefined).success).toBe(true);
});

const syntax = /^@[a-z]+$/;
const messageOf = (kind: Card['kind'], mention?: string) => ({
  card: { kind, severity: 5 } as Card,
  event: { body: mention === undefined ? {} : { news: { mention } } } as unknown as StoredEvent,
});

test('a card pings whom the settings name, as they name them', () => {
  const setting = { mention: '@soc @lead' };
  expect(mentionsOf(messageOf('event'), setting, syntax)).toEqual(['@soc @lead']);
  expect(mentionsOf(messageOf('event'), {}, syntax)).toEqual([]);
  expect(mentionsOf(messageOf('notice'), setting, syntax)).toEqual([]);
});

test('news of an incident ping whom the step names, in the syntax of the product alone', () => {
  const setting = { mention: '@soc', mention_from: 'INFO' } as const;
  expect(mentionsOf(messageOf('news'), setting, syntax)).toEqual([]);
  const step = messageOf('news', '@ana !here @Bo @lead');
  expect(mentionsOf(step, setting, syntax)).toEqual(['@ana', '@lead']);
});
