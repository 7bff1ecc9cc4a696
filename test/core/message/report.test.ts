// What the card of a weekly report says, in each language and form.
import { describe, expect, test } from 'vitest';
import { createLanguage } from '../../../src/core/message/language.ts';
import { noticeCard } from '../../../src/core/message/notice.ts';
import { plainText } from '../../../src/kit/card.ts';
import type { Notice } from '../../../src/kit/event.ts';
import type { Report, ReportWeek } from '../../../src/kit/report.ts';
import type { MessageForm } from '../../../src/kit/sink.ts';
import { storedEvent } from '../../support/events.ts';

const spread = (count: number, median: number | null, p90: number | null) => ({
  ...{ count, medianSeconds: median, p90Seconds: p90 },
});
const none = spread(0, null, null);
const week: ReportWeek = {
  ...{ events: 42, open: 3, isCut: false },
  severities: [
    { severity: 5, events: 2, open: 0 },
    { severity: 4, events: 40, open: 3 },
  ],
  screen: spread(42, 2, 89.4),
  acknowledge: spread(30, 240, 5_400),
  resolve: none,
};
const report: Report = {
  ...{ from: '2026-11-23', until: '2026-11-29', week },
  before: { ...week, events: 38, screen: spread(38, 3, 9), acknowledge: none },
  device: { name: 'PC-1 *x*', messages: 12, saved: 11 },
  route: { name: 'all', messages: 42, saved: 20 },
  dead: 2,
};
const values = { from: report.from, until: report.until, count: '42', before: '38', open: '3' };

function cardOf(
  more: Partial<Report> = {},
  { locale = 'en', form = 'full' }: { locale?: 'en' | 'th'; form?: MessageForm } = {},
) {
  const notice: Notice = { kind: 'report', values };
  const event = storedEvent({
    ...{ source: 'tocsin', stream: 'notice', severity: 1 },
    body: { notice, report: { ...report, ...more } },
  });
  return noticeCard(event, notice, createLanguage(locale, 'UTC'), form);
}

const fieldsOf = ({ fields }: ReturnType<typeof cardOf>) =>
  fields.map(({ name, value }) => `${plainText(name)}: ${plainText(value)}`);

test('the week, its times beside those of the week before, and what was noisy', () => {
  const card = cardOf();
  expect(plainText(card.headline)).toBe(
    'The week from 2026-11-23 to 2026-11-29: 42 events, 38 in the week before, 3 not acknowledged.',
  );
  expect(card.headline.every(({ kind }) => kind === 'word')).toBe(true);
  expect(fieldsOf(card)).toEqual([
    'Severity: CRITICAL 2 · HIGH 40',
    'Not Acknowledged: HIGH 3',
    'To the Screen: median 2 s, 9 of 10 within 89 s (before: 3 s, 9 s)',
    'To Acknowledge: median 4 min, 9 of 10 within 2 h',
    'Given Up: 2',
  ]);
  expect(card.remarks.map(plainText)).toEqual([
    'Noisiest device: PC-1 *x*, 12 messages. A silence after the first would have saved 11 of them.',
    'Noisiest route: all, 42 messages. One message an hour would have saved 20 of them.',
    'tocsin numbers shows them by severity and business hours.',
  ]);
  expect(card.details).toEqual([]);
  // The name of a device is somebody else's text, and stands apart as such.
  expect(card.remarks[0]).toContainEqual({ kind: 'code', text: 'PC-1 *x*' });
});

test('what there is none of is not said', () => {
  const quietWeek = { ...week, open: 0, severities: [], screen: none, acknowledge: none };
  const card = cardOf({ week: quietWeek, device: null, route: null, dead: 0 });
  expect(fieldsOf(card)).toEqual([]);
  expect(card.remarks).toHaveLength(1);
});

test('without text of others no name is said, and a cut week says so', () => {
  const bare = cardOf({}, { form: 'bare' });
  expect(bare.remarks).toHaveLength(1);
  expect(fieldsOf(bare)).toHaveLength(5);
  const cut = cardOf({ week: { ...week, events: 20_000, isCut: true } });
  expect(plainText(cut.remarks[0]!)).toContain('of the newest 20000');
});

describe('in Thai', () => {
  test('it says the same', () => {
    const card = cardOf({}, { locale: 'th' });
    const all = [card.headline, ...card.remarks].map(plainText).join('\n');
    for (const part of ['2026-11-23', '2026-11-29', '42', '38', 'PC-1 *x*', '11', 'all', '20'])
      expect(all).toContain(part);
    expect(fieldsOf(card)[2]).toBe(
      'ถึงหน้าจอ: มัธยฐาน 2 วินาที, 9 ใน 10 ภายใน 89 วินาที (ก่อน: 3 วินาที, 9 วินาที)',
    );
  });
});
