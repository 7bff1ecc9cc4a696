// The card of one event: the headline, the facts that a reader decides by, and everything else.
// Pure. It has room as in a generous channel; ./fit.ts makes it fit a narrower one.
import { type Card, type Field, type Part, type Text, word } from '../../kit/card.ts';
import { type StoredEvent, severityNames } from '../../kit/event.ts';
import { streamWords } from '../../kit/product.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { changedFields } from './changed.ts';
import { devicesText } from './counts.ts';
import { detailsOf } from './details.ts';
import { nearestTime, shownId, techniquesOf, timeField } from './facts.ts';
import { deviceName, headlineOf, outcomeOf } from './headline.ts';
import { number } from './language.ts';
import { kept, type Room, Rules, rule, type Subject, subjectOf } from './lines.ts';
import { signs } from './signs.ts';
import { code, joined } from './text.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface EventOptions {
  readonly form: MessageForm;
  /** The events of more than one tenant pass here. */
  readonly showTenant: boolean;
  /** What became of it takes a line beside the headline, which must be shorter then. */
  readonly hasState?: boolean;
  /** `number`: the event's number; `stream`: what the original script wrote. */
  readonly title: 'number' | 'stream';
}

const rooms = {
  full: { what: 80, device: 48, user: 36 },
  short: { what: 40, device: 40, user: 20 },
} as const;

/** Characters of a value that changed. */
const changeMax = { full: 160, short: 40 } as const;

/** Under the card of an event whose product nobody knows. */
const ownName = 'Tocsin';
const separator = ' · ';

export function eventCard(event: StoredEvent, words: Vocabulary, options: EventOptions): Card {
  const { form } = options;
  const { severity, body } = event;
  const numbered = numberOf(event, words);
  const time = nearestTime(event, words.language);
  const isBare = form === 'bare';
  const fields: Field[] = [];
  const subject = subjectOf(event);
  // Of a later change, what changed is what a reader asks first.
  if (!isBare && body.change !== undefined)
    fields.push(...changedFields(body.change.fields, words.language, changeMax[form]));
  if (!isBare)
    (options.showTenant ? factsOfSeveral : factsOfOne).addTo(fields, subject, words, form);
  // No spread: it would cost as much as the rest of the card.
  const card: Card & { link?: string } = {
    kind: 'event',
    severity,
    sign: signs[severity],
    level: severityNames[severity],
    title: options.title === 'number' ? numbered : titleOf(event, words),
    headline: isBare
      ? numbered
      : headlineOf(event, words, rooms[options.hasState ? 'short' : form]),
    remarks: [],
    fields,
    details: isBare ? bareDetails(event, words, time) : detailsOf(subject, words, { form, time }),
    footer: footerOf(words, numbered, time),
  };
  if (body.link !== undefined) card.link = body.link;
  return card;
}

/** None of the event's own text, which may be the reason why it was refused. */
function bareDetails(event: StoredEvent, { language }: Vocabulary, time: Text): readonly Field[] {
  const text = language.say('bare', { number: number(event.id) });
  return [{ name: [language.label('message')], value: text }, timeField(time, language)];
}

/** The console numbers its streams apart from each other. */
function numberOf(event: StoredEvent, { product, language }: Vocabulary): Text {
  const name = streamWords(product, event.stream, language.locale)?.number;
  const label: Part = name === undefined ? language.label('eventId') : word(name);
  return [label, word(` ${shownId(event)}`)];
}

function titleOf(event: StoredEvent, { product, language }: Vocabulary): Text {
  const title = streamWords(product, event.stream, language.locale)?.title;
  return [title === undefined ? language.label('titleEvent') : word(title)];
}

function footerOf({ product }: Vocabulary, numbered: Text, time: Text): Text {
  return joined(separator, [[word(product?.name ?? ownName)], numbered, time]);
}

const tenant = kept(
  rule('tenant', 240, 60, ({ body }, { max }) => {
    const { name, provider } = body.tenant ?? {};
    return joined(' / ', [code(name, max / 2), code(provider, max / 2)]);
  }),
  ({ body }) => body.tenant?.name,
  ({ body }) => body.tenant?.provider,
);

/** At most six, in the order in which a reader asks. */
const facts = [
  rule('device', 400, 100, ({ body, device }, { max }) =>
    joined(separator, [
      code(deviceName(body), max * 0.4),
      code(device?.ip, max * 0.2),
      code(body.user, max * 0.4),
    ]),
  ),
  kept(
    rule('outcome', 200, 50, ({ event }, { words }) => outcomeOf(event, words, ' → ')),
    ({ event }) => event.action,
    ({ body }) => body.lastAction,
  ),
  rule('fileName', 200, 50, ({ file }, { max }) =>
    code(file?.name ?? lastSegment(file?.path), max),
  ),
  kept(
    rule('techniques', 160, 40, ({ event }, { words, max }) =>
      techniquesOf(event, words, { count: 2, text: max }),
    ),
    ({ body: { techniques } }) => (techniques?.length === 1 ? techniques[0]!.id : undefined),
    ({ body }) => body.techniques?.[0]?.name,
  ),
];
const counts = [
  kept(rule('recurrence', 60, 60, recurrenceOf), timesOf, devicesOf),
  kept(
    rule('affectedDevices', 60, 60, (subject, { words }) =>
      timesOf(subject) > 1 ? [] : onDevices(subject, words),
    ),
    timesOf,
    devicesOf,
  ),
];
const [factsOfOne, factsOfSeveral] = [
  new Rules([...facts, ...counts]),
  new Rules([...facts, tenant, ...counts]),
];

function lastSegment(path: string | undefined): string | undefined {
  return path?.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** `3 times · 2 devices`; empty for what happened once. */
function recurrenceOf(subject: Subject, { words }: Room): Text {
  const times = timesOf(subject);
  if (times <= 1) return [];
  const seen = words.language.say('times', { count: number(times) });
  return joined(separator, [seen, onDevices(subject, words)]);
}

/** Empty for a single one. */
function onDevices(subject: Subject, { language }: Vocabulary): Text {
  const devices = devicesOf(subject);
  return devices > 1 ? devicesText(devices, language) : [];
}

function timesOf({ body }: Subject): number {
  return Math.trunc(body.recurrence ?? 1);
}

function devicesOf({ body }: Subject): number {
  return Math.trunc(body.affectedDevices ?? 1);
}
