// The card of one event: the headline, the facts that a reader decides by, and everything else.
// Pure. It has room as in a generous channel; ./fit.ts makes it fit a narrower one.
import { type Card, type Field, type Part, type Text, word } from '../../kit/card.ts';
import { type StoredEvent, severityNames } from '../../kit/event.ts';
import { streamWords } from '../../kit/product.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { devicesText } from './counts.ts';
import { detailsOf } from './details.ts';
import { FieldList, nearestTime, shownId, techniquesOf, timeField } from './facts.ts';
import { deviceName, headlineOf, outcomeOf } from './headline.ts';
import { number } from './language.ts';
import { signs } from './signs.ts';
import { code, joined } from './text.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface EventOptions {
  readonly form: MessageForm;
  /** The events of more than one tenant pass here. */
  readonly showTenant: boolean;
  /** `number`: the event's number; `stream`: what the original script wrote. */
  readonly title: 'number' | 'stream';
}

const rooms = {
  full: { what: 80, device: 48, user: 36 },
  short: { what: 40, device: 40, user: 20 },
} as const;

/** Under the card of an event whose product nobody knows. */
const ownName = 'Tocsin';
const separator = ' · ';

export function eventCard(event: StoredEvent, words: Vocabulary, options: EventOptions): Card {
  const { form } = options;
  const { severity, body } = event;
  const numbered = numberOf(event, words);
  const isBare = form === 'bare';
  // No spread: it would cost as much as the rest of the card.
  const card: Card & { link?: string } = {
    kind: 'event',
    severity,
    sign: signs[severity],
    level: severityNames[severity],
    title: options.title === 'number' ? numbered : titleOf(event, words),
    headline: isBare ? numbered : headlineOf(event, words, rooms[form]),
    remarks: [],
    fields: isBare ? [] : fieldsOf(event, words, options),
    details: isBare ? bareDetails(event, words) : detailsOf(event, words, form),
    footer: footerOf(event, words, numbered),
  };
  if (body.link !== undefined) card.link = body.link;
  return card;
}

/** None of the event's own text, which may be the reason why it was refused. */
function bareDetails(event: StoredEvent, { language }: Vocabulary): readonly Field[] {
  const text = language.say('bare', { number: number(event.id) });
  return [{ name: [language.label('message')], value: text }, timeField(event, language)];
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

function footerOf(event: StoredEvent, { product, language }: Vocabulary, numbered: Text): Text {
  const name = [word(product?.name ?? ownName)];
  return joined(separator, [name, numbered, nearestTime(event, language)]);
}

/** At most six, in the order in which a reader asks. */
function fieldsOf(event: StoredEvent, words: Vocabulary, options: EventOptions): Field[] {
  const { body } = event;
  const { device } = body;
  const cut = options.form === 'short' ? 4 : 1;
  const list = new FieldList(words.language);
  list.add(
    'device',
    joined(separator, [
      code(deviceName(body), 160 / cut),
      code(device?.ip, 80 / cut),
      code(body.user, 160 / cut),
    ]),
  );
  list.add('outcome', outcomeOf(event, words, ' → '));
  list.add('fileName', code(body.file?.name ?? lastSegment(body.file?.path), 200 / cut));
  list.add('techniques', techniquesOf(event, words, { count: 2, text: 160 / cut }));
  if (options.showTenant) {
    const { name, provider } = body.tenant ?? {};
    list.add('tenant', joined(' / ', [code(name, 120 / cut), code(provider, 120 / cut)]));
  }
  addCounts(event, words, list);
  return list.fields;
}

function lastSegment(path: string | undefined): string | undefined {
  return path?.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** `3 times · 2 devices`; nothing for what happened once on one device. */
function addCounts({ body }: StoredEvent, { language }: Vocabulary, list: FieldList): void {
  const { recurrence = 1, affectedDevices = 1 } = body;
  const [times, devices] = [Math.trunc(recurrence), Math.trunc(affectedDevices)];
  const onDevices = devices > 1 ? devicesText(devices, language) : [];
  if (times > 1) {
    const seen = language.say('times', { count: number(times) });
    list.add('recurrence', joined(separator, [seen, onDevices]));
  } else list.add('affectedDevices', onDevices);
}
