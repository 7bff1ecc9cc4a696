// What a composer keeps: cards for the other sinks of its style, and none for a sink alone.
import { expect, it } from 'vitest';
import { Composers } from '../../../src/core/message/index.ts';
import { storedEvent } from '../../support/events.ts';

const place = { locale: 'en', timeZone: 'UTC' } as const;
const usual = { form: 'full', showTenant: false } as const;

it('keeps no card for a sink that has no other beside it', () => {
  const composers = new Composers({});
  const voice = composers.voiceOf({ can: { table: true } }, place);
  const [one, other] = [1, 2].map(() => voice.message(storedEvent(), usual).card);
  expect(other).toEqual(one);
  expect(other).not.toBe(one);
});

it('makes a card once for the sinks of a style, as soon as there are two', () => {
  const composers = new Composers({});
  const voices = [1, 2].map(() => composers.voiceOf({ can: { table: true } }, place));
  const thai = composers.voiceOf({ can: { table: true } }, { ...place, locale: 'th' });
  const [one, other] = voices.map((voice) => voice.message(storedEvent(), usual).card);
  expect(other).toBe(one);
  expect(thai.message(storedEvent(), usual).card).not.toEqual(one);
});
