// What Tocsin says of itself: each kind in each language, with no value lost.
import { describe, expect, it, test } from 'vitest';
import { createLanguage } from '../../../src/core/message/language.ts';
import { en } from '../../../src/core/message/locales/en.ts';
import { noticeCard } from '../../../src/core/message/notice.ts';
import { plainText } from '../../../src/kit/card.ts';
import type { Notice } from '../../../src/kit/event.ts';
import { locales } from '../../../src/kit/locale.ts';
import { storedEvent } from '../../support/events.ts';
import { shown, shownFields } from './shown.ts';

const kinds = Object.keys(en.notices) as Notice['kind'][];

function cardOf(kind: string, values: Notice['values'], locale: 'en' | 'th' = 'en') {
  const notice = { kind, values } as Notice;
  const event = storedEvent({ source: 'tocsin', stream: 'notice', severity: 3, body: { notice } });
  return noticeCard(event, notice, createLanguage(locale, 'UTC'), 'full');
}

describe.each(locales)('in %s', (locale) => {
  test.each(kinds)('%s says each of its values', (kind) => {
    const names = [...en.notices[kind].matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const given = names.map((name) => (name === 'events' ? 'count' : name));
    const values = Object.fromEntries(
      given.map((name, index) => [name, /count|digests/.test(name) ? `${index + 2}` : `v-${name}`]),
    );
    const card = cardOf(kind, { ...values, extra: 'v-extra', message: 'v-message' }, locale);
    const details = card.details.map(({ value }) => value);
    const all = [card.headline, ...card.remarks, ...details].map(plainText).join(' ');
    for (const value of Object.values(values)) expect(all).toContain(value);
    expect(all).not.toContain('?');
    expect(Object.values(shownFields(card.details))).toEqual(['`v-extra`', '`v-message`']);
  });

  test.each(kinds)('%s says what happened, and below it what to do', (kind) => {
    const { headline, remarks } = cardOf(kind, {}, locale);
    expect(plainText(headline).length).toBeGreaterThan(8);
    expect(remarks).toHaveLength(1);
    expect(plainText(remarks[0]!).length).toBeGreaterThan(8);
  });
});

it('says a time as people read it, and one event in the singular', () => {
  const since = '2026-03-01T02:03:04.000Z';
  expect(shown(cardOf('storm_over', { since, count: '1', digests: '1' }).headline)).toBe(
    'The storm that began at time<2026-03-01 02:03:04 +00:00> is over: 1 event came in 1 digest.',
  );
});

it('calls a sink by its name, also where that is a word of ours', () => {
  expect(shown(cardOf('sink_back', { sink: 'all' }).headline)).toBe('Sink `all` works again.');
});

it('names the source whose key is refused', () => {
  const card = cardOf('source_rejected', { source: 'bangkok', message: 'answered 401' });
  expect(shown(card.headline)).toBe(
    'Source `bangkok` refuses our credential: nothing can be read from it.',
  );
  expect(card.remarks.map(shown)).toEqual([
    'Check its key, and replace it if it was revoked. Watch the console until then.',
  ]);
  expect(shownFields(card.details)).toEqual({ Message: '`answered 401`' });
});

it('does not take for a number what is none', () => {
  expect(shown(cardOf('deliveries_dead', { sink: 'a', count: '3; DROP' }).headline)).toContain(
    'gave up delivering ? to sink `a`',
  );
});

it('says the first event where everything is read', () => {
  expect(shown(cardOf('watching', { source: 'di', from: 'all' }).headline)).toBe(
    'Watching `di`, from the first event.',
  );
});

it('shows a kind that this release does not know, with its values', () => {
  const card = cardOf('of_tomorrow', { sink: 'soc' });
  expect(shown(card.headline)).toBe('`of_tomorrow`');
  expect(card.remarks).toEqual([]);
  expect(shownFields(card.details)).toEqual({ sink: '`soc`' });
});
