// Cards and messages for the suite of sinks: one with something in every part, made from parts so
// that a mistake of core does not hide one of a sink; and what core composes of events, digests and
// notices in each language, form and title.
import { en } from '../../src/core/message/locales/en.ts';
import { type Card, type Part, type Text, word } from '../../src/kit/card.ts';
import { type Notice, type StoredEvent, severityNames } from '../../src/kit/event.ts';
import { locales } from '../../src/kit/locale.ts';
import type { Message, MessageForm, Sink } from '../../src/kit/sink.ts';
import { digestOfGroup, digestOfStorm, storedDigest } from '../support/digests.ts';
import { storedEvent } from '../support/events.ts';
import { freshVoice, messageOf } from '../support/voice.ts';
import { digestOfTexts, type Marks, markedEvent } from './marks.ts';

/** What the cases need to know of a sink. */
export type Said = Pick<Sink, 'limits' | 'can' | 'titles'>;

export interface Case {
  readonly title: string;
  readonly message: Message;
}

const forms = ['full', 'short', 'bare'] as const satisfies readonly MessageForm[];

/** Gives the text of one part, by the place where it stands. */
export type TextOf = (place: string, kind: 'word' | 'code' | 'prose' | 'block') => string;

/** A card with each kind of part in every place. A block stands alone in its value. */
export function wholeCard(textOf: TextOf, kind: Card['kind'] = 'event'): Card {
  const part = (place: string, kind: 'word' | 'code' | 'prose'): Part => ({
    kind,
    text: textOf(place, kind),
  });
  const text = (place: string): Text => [
    word('ours '),
    part(place, 'code'),
    word(', '),
    part(place, 'prose'),
    word(' '),
    part(place, 'word'),
  ];
  return {
    kind,
    severity: 5,
    sign: '🔴',
    level: severityNames[5],
    title: text('the title'),
    headline: text('the headline'),
    state: {
      kind: 'acknowledged',
      text: text('the state'),
      more: text('more of it'),
    },
    actions: [
      { name: 'acknowledge', label: 'Acknowledge', token: buttonToken, style: 'primary' },
      {
        ...{ name: 'snooze', label: 'Snooze', token: buttonToken },
        choices: [{ label: 'An hour', value: '1h' }],
      },
    ],
    remarks: [text('a remark'), text('another remark')],
    fields: [
      { name: [part('the name of a field', 'word')], value: text('a field') },
      { name: [word('Name')], value: [part('a field alone', 'code')] },
    ],
    details: [
      { name: [part('the name of a detail', 'word')], value: text('a detail') },
      { name: [word('Script')], value: [{ kind: 'block', text: textOf('a block', 'block') }] },
      { name: [], value: text('a detail without a name') },
    ],
    table: {
      columns: [[word('A')], [word('B')], [word('C')]],
      rows: [
        [[part('a cell', 'code')], text('a cell'), [part('a cell', 'prose')]],
        [
          [word('🟠')],
          [],
          [{ kind: 'link', text: '1203', url: 'https://console.example/events/1203' }],
        ],
      ],
      more: text('what the table leaves out'),
    },
    link: 'https://console.example/events/1203',
    footer: text('the footer'),
  };
}

/** What a button carries and nobody may see. */
export const buttonToken = 'token-of-a-button-0123456789';

/** As core gives it to a sink, but for its card. */
export function messageWith(card: Card, event: StoredEvent = storedEvent()): Message {
  const message = { ...messageOf(event), card };
  if (card.actions === undefined) return message;
  return { ...message, actionsUrl: 'https://tocsin.example/chat/soc/actions' };
}

/** Everything that must be said, in each language, form and title. */
export function saidCases(sink: Said, marks: Marks): Case[] {
  const whole = wholeCard((place, kind) => marks.of(`a ${kind} of ${place}`));
  return [
    { title: 'a card with something in every part', message: messageWith(shownBy(sink, whole)) },
    ...locales.flatMap((locale) => [
      ...eventCases(sink, marks, locale),
      ...noticeCases(sink, marks, locale),
    ]),
  ];
}

/** Core gives no table and no actions to a sink that shows none. */
export function shownBy({ can }: Said, { table, actions, ...card }: Card): Card {
  return {
    ...card,
    ...(can?.table && table !== undefined && { table }),
    ...(can?.buttons && actions !== undefined && { actions }),
  };
}

function eventCases(sink: Said, marks: Marks, locale: (typeof locales)[number]): Case[] {
  const events: readonly (readonly [string, StoredEvent])[] = [
    ['an event', storedEvent({ id: 101, severity: 5 })],
    ['a suspicious event', storedEvent({ id: 102, stream: 'suspicious' })],
    ['an event of marks', markedEvent(marks, { id: 103 })],
    ['a suspicious event of marks', markedEvent(marks, { id: 104, stream: 'suspicious' })],
    ['a digest of a group', { ...storedDigest(digestOfGroup), id: 105 }],
    ['a digest of a storm', { ...storedDigest(digestOfStorm), id: 106 }],
    ['a digest of marks', { ...digestOfTexts((what) => marks.of(what)), id: 107 }],
  ];
  const titles = [...new Set([sink.titles, 'number', 'stream'] as const)];
  return titles.flatMap((title, nth) => {
    const voice = freshVoice({ ...sink, ...(title && { titles: title }) }, locale);
    return forms.slice(0, nth === 0 ? 3 : 1).flatMap((form) =>
      events.map(([name, event]) => ({
        title: `${name}, ${form}, ${locale}`,
        message: voice.message(event, {
          ...{ form, showTenant: true, mayBeRepeated: true },
          delayed: { seconds: 7_200, reason: 'sink' },
        }),
      })),
    );
  });
}

/** Each kind with a value for every place of its sentence, and one that the sentence has not. */
function noticeCases(sink: Said, marks: Marks, locale: (typeof locales)[number]): Case[] {
  const voice = freshVoice(sink, locale);
  return Object.entries(en.notices).flatMap(([kind, sentence], index) => {
    const event = noticeOf(kind as Notice['kind'], sentence, 200 + index, (name) =>
      marks.of(`the value ${name}`),
    );
    return forms.slice(0, locale === 'en' ? 3 : 1).map((form) => ({
      title: `the notice ${kind}, ${form}, ${locale}`,
      message: voice.message(event, { form, showTenant: false }),
    }));
  });
}

export function noticeOf(
  kind: Notice['kind'],
  sentence: string,
  id: number,
  textOf: (name: string) => string,
): StoredEvent {
  const names = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const values = names.map((name): [string, string] => {
    if (name === 'events' || name === 'count') return ['count', '7'];
    return [name, name === 'digests' ? '7' : textOf(name)];
  });
  const notice = { kind, values: { ...Object.fromEntries(values), extra: textOf('extra') } };
  return storedEvent({
    ...{ id, source: 'tocsin', stream: 'notice', severity: 3, body: { notice } },
  });
}
