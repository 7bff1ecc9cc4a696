// Each language says everything, with the same places for values.
import { describe, expect, it, test } from 'vitest';
import { createLanguage } from '../../../src/core/message/language.ts';
import { en } from '../../../src/core/message/locales/en.ts';
import { th } from '../../../src/core/message/locales/th.ts';
import { locales } from '../../../src/kit/locale.ts';
import { shown } from './shown.ts';

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const commands = (text: string) => [...text.matchAll(/`[^`]+`/g)].map(([code]) => code).sort();

describe.each(['sentences', 'notices', 'advice'] as const)('%s', (kind) => {
  test.each(Object.keys(en[kind]))('%s has the same values and commands in Thai', (name) => {
    const english = (en[kind] as Record<string, string>)[name]!;
    const thai = (th[kind] as Record<string, string>)[name]!;
    expect(places(thai)).toEqual(places(english));
    expect(commands(thai)).toEqual(commands(english));
  });
});

test.each(Object.keys(en.labels))('the label %s is one line with nothing around it', (name) => {
  for (const words of [en, th]) {
    const label = (words.labels as Record<string, string>)[name]!;
    expect(label).toBe(label.trim());
    expect(label).toMatch(/^[^\n`*[\]{}]+$/);
  }
});

describe.each(locales)('%s', (locale) => {
  const language = createLanguage(locale, 'Asia/Bangkok');

  it('shows a time in the operator’s zone and keeps it in UTC', () => {
    expect(language.time('2026-03-01T02:03:04.000Z')).toEqual([
      { kind: 'time', text: '2026-03-01 09:03:04 +07:00', iso: '2026-03-01T02:03:04.000Z' },
    ]);
  });

  it('shows what is no time as a value of others', () => {
    expect(language.time('soon')).toEqual([{ kind: 'code', text: 'soon' }]);
  });

  it('knows no notice of another release, nor one from a prototype', () => {
    expect(language.notice('of_tomorrow')).toBeUndefined();
    expect(language.notice('constructor')).toBeUndefined();
  });
});

test.each([
  [1, '1 min'],
  [89, '1 min'],
  [90, '2 min'],
  [3_569, '59 min'],
  [3_570, '1 h'],
  [47.4 * 3_600, '47 h'],
  [48 * 3_600, '2 d'],
])('%d s are %s', (seconds, text) => {
  expect(shown(createLanguage('en', 'UTC').span(seconds))).toBe(text);
});

test('a zone that nobody knows is refused', () => {
  expect(() => createLanguage('en', 'Mars/Olympus')).toThrow(RangeError);
});

test('each language has words of its own', () => {
  const devices = locales.map((locale) => createLanguage(locale, 'UTC').labels.device);
  expect(new Set(devices).size).toBe(locales.length);
});
