// News of an incident: one line that says what happened to what, and no text of others where that
// may be the reason of a refusal.
import { describe, expect, it, test } from 'vitest';
import { createLanguage } from '../../../src/core/message/language.ts';
import { newsCard } from '../../../src/core/message/news.ts';
import type { MessageForm, StoredEvent } from '../../../src/kit/event.ts';
import type { News } from '../../../src/kit/incident.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import { isNeutral } from '../../../src/kit/text.ts';
import { sources } from '../../../src/sources/index.ts';
import { hostileStrings, storedEvent } from '../../support/events.ts';
import { incidentNews } from '../../support/incidents.ts';
import { shown, shownFields } from './shown.ts';

const product = createProductOf([], sources)({ source: 'di', stream: 'event' });
const languages = { en: createLanguage('en', 'UTC'), th: createLanguage('th', 'Asia/Bangkok') };
const event = (news: News): StoredEvent =>
  storedEvent({ source: 'tocsin', stream: 'incident', body: { news } });
const cardOf = (more: Partial<News>, form: MessageForm = 'full', locale: 'en' | 'th' = 'en') => {
  const news = incidentNews(more);
  return newsCard(event(news), news, { product, language: languages[locale] }, form);
};
const headline = (...parameters: Parameters<typeof cardOf>) =>
  shown(cardOf(...parameters).headline);

describe('the line', () => {
  const about = 'Malicious file on `DC01`: ';
  test.each<[Partial<News>, string]>([
    [{}, 'acknowledged by `ana` via chat'],
    [
      { values: { until: '2026-03-01T11:12:00.000Z' } },
      'acknowledged by `ana` via chat, until time<11:12>',
    ],
    [{ note: 'on it' }, 'acknowledged by `ana` via chat: “prose<on it>”'],
    [{ kind: 'snoozed' }, 'snoozed by `ana` via chat'],
    [{ kind: 'resolved' }, 'resolved by `ana` via chat'],
    [{ kind: 'resolved', via: 'vendor', actor: 'di' }, 'resolved by the vendor'],
    [{ kind: 'reopened' }, 'reopened by `ana` via chat'],
    [{ kind: 'reopened', via: 'vendor', actor: 'di' }, 'reopened by the vendor'],
    [{ kind: 'seen_again', values: { occurrences: '4' } }, 'happened again, 4 times by now'],
    [{ kind: 'severity_raised' }, 'more severe than before: **HIGH**'],
    [{ kind: 'vendor_changed' }, 'changed by the vendor'],
    [{ kind: 'expired' }, 'open again: the acknowledgement or the snooze has ended'],
    [
      { kind: 'escalated', values: { to: 'tier 2', step: '2', reason: 'unacknowledged' } },
      '**escalated** to `tier 2` (step 2): nobody has acknowledged it',
    ],
    [
      { kind: 'escalated', values: { reason: 'undelivered', undelivered: 'soc' } },
      '**escalated**: it could not be delivered to `soc`',
    ],
    [
      { kind: 'escalated', values: { to: 'soc', duty: 'ana', reason: 'unacknowledged' } },
      '**escalated** to `soc`, on duty: `ana`: nobody has acknowledged it',
    ],
    [
      {
        kind: 'escalated',
        values: { to: 'pager', fallback: 'SOC lead', skipped: '2' },
      },
      '**escalated** to `pager`, nobody is on duty: `SOC lead` instead; 2 earlier steps came too late',
    ],
    [{ kind: 'noted', note: 'see ticket 7' }, 'note by `ana`: “prose<see ticket 7>”'],
  ])('of %o says what happened', (more, expected) => {
    expect(headline(more).replace(about, '')).toBe(expected);
    expect(headline(more)).toContain('on `DC01`: ');
  });

  it('is Thai where the sink is', () => {
    expect(headline({}, 'full', 'th')).toContain('`ana` รับทราบแล้ว ทาง chat');
    const values = { until: '2026-03-01T11:12:00.000Z', lastSeenAt: '2026-03-01T11:12:00.000Z' };
    expect(headline({ values }, 'full', 'th')).toContain('จนถึง time<18:12> น.');
    const again = headline({ kind: 'seen_again', values }, 'full', 'th');
    expect(again).toContain('ล่าสุดเมื่อ time<18:12> น.');
  });

  it('has no word of others on a bare card', () => {
    const more = {
      kind: 'escalated',
      note: 'n',
      values: { to: 'x', reason: 'undelivered', undelivered: 'y' },
    } as const;
    expect(headline(more, 'bare')).toBe('Event: **escalated**: it could not be delivered');
    expect(headline({ kind: 'acknowledged' }, 'bare')).toBe('Event: acknowledged via chat');
  });
});

it('shows what the vendor changed, from what to what', () => {
  const fields = [
    { name: 'status', from: 'OPEN', to: 'CLOSED' },
    { name: 'closedAt', from: null, to: '2026-03-01T03:00:00Z' },
  ];
  expect(shownFields(cardOf({ kind: 'vendor_changed', fields }).fields)).toEqual({
    Status: '`OPEN` → `CLOSED`',
    Closed: '– → time<2026-03-01 03:00:00 +00:00>',
  });
  expect(cardOf({ kind: 'vendor_changed', fields }, 'bare').fields).toEqual([]);
});

it('names its event by the vendor’s number, and leads to its page', () => {
  const card = cardOf({});
  expect([shown(card.title), card.link, card.kind, card.level]).toEqual([
    'Event ID 1203',
    'https://console.example/events/1203',
    'news',
    'HIGH',
  ]);
  const unnumbered = cardOf({ about: { severity: 4, type: 'X' } });
  expect(shown(unnumbered.title)).toBe('Event ID 4711');
});

it('makes every text of others neutral', () => {
  for (const text of hostileStrings) {
    const { headline: line, fields } = cardOf({
      kind: 'escalated',
      actor: text,
      note: text,
      about: { severity: 4, type: text, device: text },
      values: {
        to: text,
        reason: 'undelivered',
        undelivered: text,
        until: text,
        occurrences: text,
        step: text,
      },
      fields: [{ name: text, from: text, to: text }],
    });
    const parts = [...line, ...fields.flatMap(({ name, value }) => [...name, ...value])];
    expect(parts.filter((part) => !isNeutral(part.text))).toEqual([]);
    const ours = parts.filter(({ kind }) => kind === 'word').map((part) => part.text);
    expect(ours.join('')).not.toContain('@channel');
  }
});
