// What one delivery adds to the card of its event, and what a sink cannot show.
import { describe, expect, it } from 'vitest';
import type { Buttons } from '../../../src/core/message/actions.ts';
import { Composers, type HeldCard } from '../../../src/core/message/index.ts';
import { type Card, word } from '../../../src/kit/card.ts';
import { digestOfStorm, storedDigest } from '../../support/digests.ts';
import { storedEvent } from '../../support/events.ts';
import { incidentNews, incidentView } from '../../support/incidents.ts';
import { messageOf, voiceOf } from '../../support/voice.ts';
import { shown, shownFields } from './shown.ts';

describe('a voice', () => {
  it('says that a card was held up, and that it may be a repetition, on that card alone', () => {
    const voice = voiceOf();
    const event = storedEvent({ id: 81 });
    const usual = { form: 'full', showTenant: false } as const;
    const delayed = { seconds: 7_200, reason: 'backlog' } as const;
    const late = voice.message(event, { ...usual, delayed, mayBeRepeated: true });
    expect(late.card.remarks.map(shown)).toEqual([
      'Delayed by 2 h: many messages were queued. Possibly a repetition: an earlier attempt got no answer.',
    ]);
    expect(late).toMatchObject({ delayed, mayBeRepeated: true });
    const first = voice.message(event, usual);
    expect(first.card.remarks).toEqual([]);
    expect(first).not.toHaveProperty('mayBeRepeated');
  });

  it('says of a card that comes alone what had held it, and of no other', () => {
    const usual = { form: 'full', showTenant: false } as const;
    const remarks = (held: HeldCard, locale: 'en' | 'th' = 'en') =>
      voiceOf({}, locale)
        .message(storedEvent(), { ...usual, held })
        .card.remarks.map(shown);
    const group = { by: 'group', seconds: 900, route: 'night*x*' } as const;
    expect(remarks(group)).toEqual([
      'Held for 15 min by route `night*x*`, to come together with others.',
    ]);
    expect(remarks({ ...group, route: undefined })).toEqual([
      'Held for 15 min, to come together with others.',
    ]);
    expect(remarks({ by: 'storm' })).toEqual([
      'Sent alone during a storm: the other less urgent events come in digests.',
    ]);
    expect(remarks(group, 'th')[0]).toContain('`night*x*`');
    expect(messageOf(storedEvent()).card.remarks).toEqual([]);
  });

  it('says where a card should have gone', () => {
    expect(shown(messageOf(storedEvent()).elsewhere('secret`room'))).toBe(
      'Posted here because `secret`room` refused it.',
    );
  });

  it('puts what a template says in the place of its own', () => {
    const template = {
      title: [word('T')],
      text: [[word('one')], [word('two')]],
      fields: [
        { name: [word('A')], value: [word('a')], isShort: true },
        { name: [word('B')], value: [word('b')], isShort: false },
      ],
    };
    const { card } = messageOf(storedEvent(), { template, mayBeRepeated: true });
    expect([card.title, card.headline].map(shown)).toEqual(['T', 'one']);
    expect(card.remarks.map(shown)).toEqual([
      'Possibly a repetition: an earlier attempt got no answer.',
      'two',
    ]);
    expect([shownFields(card.fields), shownFields(card.details)]).toEqual([{ A: 'a' }, { B: 'b' }]);
  });

  it('keeps what a template does not say', () => {
    const own = messageOf(storedEvent()).card;
    const { card } = messageOf(storedEvent(), { template: { title: [word('T')] } });
    expect(card).toEqual({ ...own, title: [word('T')] });
  });

  it('cuts a card to the limits of its sink', () => {
    const { card } = messageOf(storedEvent(), {}, { limits: { total: 300, value: 100 } });
    expect(card.details).toEqual([]);
    expect(shown(card.headline)).toContain('ACCT-PC-07');
  });

  it('says the rows of a digest as lines to a sink without tables', () => {
    const event = storedDigest(digestOfStorm);
    const { table, details } = messageOf(event, {}, { can: { table: true } }).card;
    const { card } = messageOf(event);
    expect(card.table).toBeUndefined();
    expect(card.details).toHaveLength(table!.rows.length + 1 + details.length);
    expect(card.details.at(-1)).toEqual(details.at(-1));
    expect(card.details[0]!.value).toEqual(expect.arrayContaining([...table!.rows[0]![1]!]));
  });
});

const choicesOf = ({ actions }: Card) =>
  actions?.flatMap(({ choices = [] }) => choices).map(({ value }) => value);

describe('a voice whose buttons work', () => {
  const buttons: Buttons = {
    url: 'https://tocsin.example/chat/soc/actions',
    tokenOf: ({ action, eventId, version }) => `${action}.${eventId}.${version}`,
  };
  const place = { locale: 'en', timeZone: 'UTC' } as const;
  const usual = { form: 'full', showTenant: false } as const;
  const voice = new Composers({}).voiceOf({ can: { buttons: true } }, { ...place, buttons });

  it('offers what fits what became of the event, and says where a press goes', () => {
    const incident = incidentView({ state: 'acknowledged', by: 'ana', version: 2 });
    const { card, actionsUrl } = voice.message(storedEvent(), { ...usual, incident });
    expect(actionsUrl).toBe(buttons.url);
    expect(card.actions?.[0]).toMatchObject({ name: 'resolve', token: 'resolve.4711.2' });
    const { card: fresh } = voice.message(storedEvent(), { ...usual, hasSteps: true });
    expect(choicesOf(fresh)).toContain('escalate');
  });

  it('offers it on digests, and on no notice, news or sample', () => {
    const { card } = voice.message(storedDigest(digestOfStorm), { ...usual, hasSteps: true });
    expect(card.actions?.map(({ name }) => name)).toContain('acknowledge');
    expect(choicesOf(card)).not.toContain('escalate');
    const others = [
      storedEvent({ body: { notice: { kind: 'sample', values: {} } } }),
      storedEvent({ body: { news: incidentNews() } }),
      storedEvent({ id: 0 }),
    ];
    const said = others.map((event) => voice.message(event, usual));
    expect(said.map(({ card, actionsUrl }) => [card.actions, actionsUrl])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('offers it on a step, which says who took its incident once somebody has', () => {
    const step = storedEvent({ id: 5000, body: { news: incidentNews({ kind: 'escalated' }) } });
    const open = voice.message(step, { ...usual, incident: incidentView({ escalatedTo: 'mail' }) });
    expect(open.card.state).toBeUndefined();
    expect(open.card.actions?.map(({ name }) => name)).toEqual(['acknowledge', 'resolve', 'more']);
    expect(open.actionsUrl).toBe(buttons.url);
    const incident = incidentView({ state: 'acknowledged', by: 'ana', version: 2 });
    const taken = voice.message(step, { ...usual, incident });
    expect(taken.card.state?.kind).toBe('acknowledged');
    expect(taken.card.actions?.[0]).toMatchObject({ name: 'resolve' });
  });

  it('offers nothing at a sink that shows no buttons', () => {
    const plain = new Composers({}).voiceOf({}, { ...place, buttons });
    expect(plain.message(storedEvent(), usual)).not.toHaveProperty('actionsUrl');
    expect(plain.message(storedEvent(), usual).card).not.toHaveProperty('actions');
  });
});
