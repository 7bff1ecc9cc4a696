// Numbers as a language counts: one is not several.
import { describe, expect, it, test } from 'vitest';
import { devicesText, eventsText } from '../../../src/core/message/counts.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import { noticeCard } from '../../../src/core/message/notice.ts';
import type { Notice } from '../../../src/kit/event.ts';
import { storedEvent } from '../../support/events.ts';
import { shown, shownFields } from './shown.ts';

const languages = { en: createLanguage('en', 'UTC'), th: createLanguage('th', 'UTC') };

test.each([
  ['en', 1, '1 event', '1 device'],
  ['en', 2, '2 events', '2 devices'],
  ['th', 1, '1 เหตุการณ์', 'อุปกรณ์ 1 เครื่อง'],
  ['th', 2, '2 เหตุการณ์', 'อุปกรณ์ 2 เครื่อง'],
] as const)('in %s, %i are', (locale, count, events, devices) => {
  expect(shown(eventsText(count, languages[locale]))).toBe(events);
  expect(shown(devicesText(count, languages[locale]))).toBe(devices);
});

test('no device is not counted', () => {
  expect(devicesText(0, languages.en)).toEqual([]);
});

describe('a notice', () => {
  const cardOf = (kind: Notice['kind'], values: Notice['values'], locale: 'en' | 'th' = 'en') => {
    const event = storedEvent({ stream: 'notice', body: { notice: { kind, values } } });
    return noticeCard(event, event.body.notice!, languages[locale], 'full');
  };

  test.each([
    ['en', '1', '1', '1 event came in 1 digest.'],
    ['en', '56', '1', '56 events came in 1 digest.'],
    ['en', '56', '4', '56 events came in 4 digests.'],
    ['th', '56', '1', '56 เหตุการณ์มาในสรุปรวม 1 ฉบับ'],
  ] as const)('of a storm’s end says in %s that %s in %s came', (locale, count, digests, words) => {
    const since = '2026-03-01T00:00:00.000Z';
    const card = cardOf('storm_over', { sink: 'soc', since, count, digests }, locale);
    expect(shown(card.headline)).toContain(words);
    expect(shownFields(card.details)).toEqual({ sink: '`soc`' });
  });

  it('of a silence’s end says that it hid one event', () => {
    const values = { silence: '1', owner: 'anna', reason: 'ended', count: '1' };
    expect(shown(cardOf('silence_over', values).headline)).toContain('It hid 1 event.');
  });
});
