// Cards and messages with something in every part, for the suite of sinks: what must be seen of
// each, and what must never be obeyed. Made from parts, not by core's composer, so that a mistake
// there does not hide one in a sink.

import { en } from '../../src/core/message/locales/en.ts';
import { type Card, type Field, plainText, type Text, word } from '../../src/kit/card.ts';
import { type Notice, severityNames } from '../../src/kit/event.ts';
import { locales } from '../../src/kit/locale.ts';
import type { Message, MessageForm } from '../../src/kit/sink.ts';
import { neutralText } from '../../src/kit/text.ts';
import { digestOfGroup, digestOfStorm, storedDigest } from '../support/digests.ts';
import { storedEvent } from '../support/events.ts';
import { messageOf, voiceOf } from '../support/voice.ts';

/** Every text that a reader must find in a message that shows `card`, in no order. */
export function textsOf(card: Card): string[] {
  const cells = [...(card.table?.rows ?? []).flat(), card.table?.more ?? []];
  const fields = [...card.fields, ...card.details].flatMap(({ name, value }) => [name, value]);
  const texts = [card.headline, ...card.remarks, ...fields, ...cells, card.title, card.footer];
  return texts.flatMap((text) => text.map((part) => part.text)).filter((text) => /\S/.test(text));
}

interface Case {
  readonly title: string;
  readonly message: Message;
}

const notices = Object.entries(en.notices) as [Notice['kind'], string][];

/** An event of each stream, digests, and every notice, in each language and form. */
export function saidCases(sink: Parameters<typeof voiceOf>[0]): Case[] {
  const forms: readonly MessageForm[] = ['full', 'short', 'bare'];
  return locales.flatMap((locale) => {
    const voice = voiceOf(sink, locale);
    const all = forms.flatMap((form) =>
      [
        ['an event', storedEvent({ id: 101, severity: 5 })] as const,
        ['a suspicious event', storedEvent({ id: 102, stream: 'suspicious' })] as const,
        ['a digest of a group', { ...storedDigest(digestOfGroup), id: 103 }] as const,
        ['a digest of a storm', { ...storedDigest(digestOfStorm), id: 104 }] as const,
      ].map(([title, event]) => ({
        title: `${title}, ${form}, ${locale}`,
        message: voice.message(event, { form, showTenant: true, mayBeRepeated: true }),
      })),
    );
    const told = notices.map(([kind, text], index) => {
      const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      const values = Object.fromEntries(
        names.map((name) => [
          name === 'events' ? 'count' : name,
          /events|count|digests/.test(name) ? '7' : `value-of-${name}`,
        ]),
      );
      const notice = { kind, values: { ...values, extra: 'value-of-extra' } };
      const event = storedEvent({
        ...{ id: 200 + index, source: 'tocsin', stream: 'notice', severity: 3 },
        body: { notice },
      });
      return {
        title: `the notice ${kind}, ${locale}`,
        message: voice.message(event, { form: 'full', showTenant: false }),
      };
    });
    return [...all, ...told];
  });
}

/** A message whose every part of others' text is `hostile`, in every kind of card. */
export function hostileMessages(hostile: string): Message[] {
  // Core has made it neutral, and a part is never empty.
  const line = neutralText(hostile, { multiline: false }).trim() || 'x';
  const lines = `${neutralText(hostile, { multiline: true }).trim()}\nx`;
  const text = (...kinds: ('code' | 'prose' | 'block')[]): Text =>
    kinds.flatMap((kind) => [
      { kind: 'word', text: 'ours ' } as const,
      { kind, text: kind === 'block' ? lines : line } as const,
    ]);
  const field = (value: Text): Field => ({ name: [word('Name')], value });
  const card: Card = {
    kind: 'event',
    severity: 5,
    sign: '🔴',
    level: severityNames[5],
    title: text('code', 'prose'),
    headline: text('code', 'prose'),
    remarks: [text('code', 'prose')],
    fields: [field(text('code', 'prose'))],
    details: [field(text('code', 'prose')), field(text('block'))],
    table: { columns: [[word('A')], [word('B')]], rows: [[text('code'), text('prose')]] },
    link: 'https://console.example/events/1',
    footer: text('code', 'prose'),
  };
  const usual = messageOf(storedEvent());
  return [
    { ...usual, card },
    { ...usual, form: 'short', card: { ...card, kind: 'digest' } },
    { ...usual, card: { ...card, kind: 'notice' } },
  ];
}

/** One line of what a card says, for the sentence of a failure. */
export function summaryOf({ card }: Message): string {
  return plainText(card.headline).slice(0, 80);
}
