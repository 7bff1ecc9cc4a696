// What a template can speak of: the same names for every event, with times and links in the words
// of the sink.
import { describe, expect, test } from 'vitest';
import {
  type TemplateWords,
  templateFacts,
  templateFields,
} from '../../../src/core/template/fields.ts';
import { storedEvent } from '../../support/events.ts';

const words: TemplateWords = {
  labels: { severity: 'Severity', device: 'Device' },
  time: (iso) => ({ kind: 'time', text: `at ${iso}`, iso }),
};
type Facts = Record<string, unknown>;
const factsOf = (event = storedEvent()) => templateFacts(event, words);
const eventOf = (event = storedEvent()) => factsOf(event).scope.event as Facts;
const silent = storedEvent({ occurredAt: null, body: {} });

/** Paths of all that is in there, in order. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value)
    .flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`))
    .sort();
}

test.each([
  ['everything', storedEvent()],
  ['nothing', silent],
])('an event that says %s has exactly the fields that templates may name', (_title, event) => {
  expect(pathsOf(eventOf(event))).toEqual(pathsOf(templateFields.event));
});

test('what the vendor did not say is empty, and never missing', () => {
  const { device, recurrence, techniques, link, itemId, occurredAt } = eventOf(silent);
  expect((device as Facts).name).toBe('');
  expect({ recurrence, techniques, link, itemId, occurredAt }).toEqual({
    ...{ recurrence: 0, techniques: [], link: '', itemId: '', occurredAt: '' },
  });
});

test('numbers are those of templates, not those of expressions', () => {
  const { severity, recurrence, file } = eventOf();
  expect([severity, recurrence, (file as Facts).size]).toEqual([4, 3, 482_816]);
});

describe('the time of an event', () => {
  const [occurredAt, observedAt] = ['2026-03-01T01:00:00Z', '2026-03-01T02:00:00Z'];
  const receivedAt = '2026-03-01T03:00:00Z';

  test.each([
    ['is when it happened', occurredAt, observedAt, occurredAt],
    ['else when it was seen', null, observedAt, observedAt],
    ['also if it happened at no time that is one', 'yesterday', observedAt, observedAt],
    ['else when it came here', null, undefined, receivedAt],
    ['also if it was seen at no time that is one', null, 'yesterday', receivedAt],
  ])('%s', (_title, happened, seen, expected) => {
    const body = seen === undefined ? {} : { observedAt: seen };
    const event = storedEvent({ occurredAt: happened, receivedAt, body });
    expect(eventOf(event)).toMatchObject({
      time: `at ${expected}`,
      receivedAt: `at ${receivedAt}`,
    });
  });

  test('that is none is an empty text, not a word of the sink', () => {
    const body = { observedAt: 'yesterday' };
    const event = storedEvent({ occurredAt: 'long ago', body });
    expect(eventOf(event)).toMatchObject({ occurredAt: '', observedAt: '' });
  });
});

describe('our own words', () => {
  test('are the names of severities and the labels', () => {
    const { own } = factsOf();
    for (const word of ['CRITICAL', 'Severity']) expect(own.get(word), word).toBe('word');
  });

  test('are the times and the link, each as the part that it is', () => {
    const { own } = factsOf();
    const iso = '2026-03-01T02:03:04.000Z';
    expect(own.get(`at ${iso}`)).toEqual({ kind: 'time', text: `at ${iso}`, iso });
    const url = 'https://console.example/events/1203';
    expect(own.get(url)).toEqual({ kind: 'link', text: url, url });
  });

  test('are nothing that a vendor or an attacker wrote', () => {
    const { own } = factsOf();
    for (const word of ['ACCT-PC-07', 'CORP\\somchai', 'STATIC_ANALYSIS', '1203', ''])
      expect(own.has(word), word).toBe(false);
  });
});

test('an id of the vendor is cut where it is too long', () => {
  const { itemId } = eventOf(storedEvent({ body: { itemId: 'x'.repeat(1000) } }));
  expect(itemId).toBe('x'.repeat(200));
});
