// Facts that more than one part of a card shows: the time, the number, the techniques.
import { describe, expect, it, test } from 'vitest';
import {
  FieldList,
  nearestTime,
  shownId,
  techniquesOf,
  timeField,
} from '../../../src/core/message/facts.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import { storedEvent } from '../../support/events.ts';
import { shown, shownFields } from './shown.ts';

const language = createLanguage('en', 'Asia/Bangkok');

describe('the time of an event', () => {
  const [occurredAt, observedAt] = ['2026-03-01T01:00:00Z', '2026-03-01T02:00:00Z'];
  const receivedAt = '2026-03-01T03:00:00Z';
  const happened = 'time<2026-03-01 08:00:00 +07:00>';
  const seen =
    'time<2026-03-01 09:00:00 +07:00> (seen at the console; when it happened is not known)';
  const came = 'time<2026-03-01 10:00:00 +07:00> (received; when it happened is not known)';

  test.each([
    ['is when it happened', occurredAt, observedAt, happened],
    ['else when it was seen, and says so', null, observedAt, seen],
    ['also if it happened at no time that is one', 'soon', observedAt, seen],
    ['else when it came here, and says so', null, undefined, came],
    ['also if it was seen at no time that is one', null, 'soon', came],
  ])('%s', (_title, time, observed, expected) => {
    const body = observed === undefined ? {} : { observedAt: observed };
    const event = storedEvent({ occurredAt: time, receivedAt, body });
    expect(shown(nearestTime(event, language))).toBe(expected);
    const field = timeField(nearestTime(event, language), language);
    expect(shownFields([field])).toEqual({ Time: expected });
  });
});

test.each([
  ['1203', '1203'],
  ['0'.repeat(20), '0'.repeat(20)],
  ['0'.repeat(21), '7'],
  ['@channel', '7'],
  ['12a', '7'],
  ['', '7'],
  [undefined, '7'],
])('the number of %j is %s', (itemId, expected) => {
  expect(shownId({ id: 7, body: itemId === undefined ? {} : { itemId } })).toBe(expected);
});

describe('techniques', () => {
  const of = (techniques: { id: string; name?: string }[], countMax = 2, max = 100) =>
    shown(
      techniquesOf(
        storedEvent({ body: { techniques } }),
        { product: undefined, language },
        { count: countMax, text: max },
      ),
    );

  it('stand each in a piece of code, with the name behind the number', () => {
    expect(of([{ id: 'T1059', name: 'Interpreter' }, { id: 'T1486' }])).toBe(
      '`T1059 Interpreter`, `T1486`',
    );
  });

  it('say how many more there are', () => {
    expect(of([{ id: 'T1' }, { id: 'T2' }, { id: 'T3' }, { id: 'T4' }])).toBe('`T1`, `T2` +2');
  });

  it('share the room', () => {
    expect(of([{ id: 'x'.repeat(50) }, { id: 'y'.repeat(50) }], 2, 20)).toBe(
      '`xxxxx…xxxx`, `yyyyy…yyyy`',
    );
  });

  it('are nothing where there are none, or none that can be seen', () => {
    expect(of([])).toBe('');
    expect(of([{ id: ' ' }, { id: '' }, { id: '\t' }])).toBe('');
  });
});

test('fields are collected by label, without those that have nothing to say', () => {
  const list = new FieldList(language);
  list.add('device', [{ kind: 'code', text: 'A' }]);
  list.add('user', []);
  expect(shownFields(list.fields)).toEqual({ Device: '`A`' });
});
