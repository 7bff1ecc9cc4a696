// What a composer keeps: cards for the other sinks of its style, and none for a sink alone.
import { expect, it } from 'vitest';
import { Composers } from '../../../src/core/message/index.ts';
import { digestOfStorm, storedDigest } from '../../support/digests.ts';
import { storedEvent } from '../../support/events.ts';
import { incidentNews, incidentView } from '../../support/incidents.ts';

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

it('makes another card once something became of the event', () => {
  const composers = new Composers({});
  const [one, other] = [1, 2].map(() => composers.voiceOf({}, place));
  const incident = incidentView({ state: 'acknowledged', by: 'ana', version: 2 });
  const said = [undefined, incident, { ...incident, version: 3 }].map((incident) => {
    const { card } = one!.message(storedEvent(), { ...usual, incident });
    expect(other!.message(storedEvent(), { ...usual, incident }).card).toBe(card);
    return card;
  });
  expect(said.map((card) => card.state?.kind)).toEqual([undefined, 'acknowledged', 'acknowledged']);
  expect(said[2]).not.toBe(said[1]);
});

it('says what became of a digest, and composes news', () => {
  const voice = new Composers({}).voiceOf({}, place);
  const incident = incidentView({ state: 'resolved', by: 'ana' });
  const digest = storedDigest(digestOfStorm);
  expect(voice.message(digest, { ...usual, incident }).card).toMatchObject({
    kind: 'digest',
    state: { kind: 'resolved' },
  });
  const news = storedEvent({
    source: 'tocsin',
    stream: 'incident',
    body: { news: incidentNews() },
  });
  expect(voice.message(news, usual).card.kind).toBe('news');
});
