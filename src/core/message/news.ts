// News of an incident as a message of its own, in one line: what happened, and to what. For replies
// below a card, and for the steps of an escalation. Pure.
import { type Card, strong, type Text, word } from '../../kit/card.ts';
import { type MessageForm, type StoredEvent, severityNames } from '../../kit/event.ts';
import type { IncidentChangeKind, News } from '../../kit/incident.ts';
import { changedFields } from './changed.ts';
import { shownId } from './facts.ts';
import type { Language, SentenceName } from './language.ts';
import type { Values } from './sentence.ts';
import { signs } from './signs.ts';
import { doorText, shortTime } from './state.ts';
import { brief, code, joined, prose } from './text.ts';
import { said, type Vocabulary } from './vocabulary.ts';

interface Room {
  readonly device: number;
  readonly name: number;
  readonly note: number;
  readonly value: number;
}

const rooms: Readonly<Record<MessageForm, Room>> = {
  full: { device: 48, name: 48, note: 200, value: 160 },
  short: { device: 40, name: 32, note: 40, value: 40 },
  bare: { device: 0, name: 0, note: 0, value: 0 },
};
const separator = ' · ';

const sentences: Readonly<Record<IncidentChangeKind, SentenceName>> = {
  acknowledged: 'newsAcknowledged',
  snoozed: 'newsSnoozed',
  resolved: 'newsResolved',
  reopened: 'newsReopened',
  seen_again: 'newsSeenAgain',
  severity_raised: 'newsSeverityRaised',
  vendor_changed: 'newsVendorChanged',
  expired: 'newsExpired',
  escalated: 'newsEscalated',
  noted: 'newsNoted',
};

const byVendor: Partial<Record<IncidentChangeKind, SentenceName>> = {
  resolved: 'newsResolvedByVendor',
  reopened: 'newsReopenedByVendor',
};

export function newsCard(
  event: StoredEvent,
  news: News,
  words: Vocabulary,
  form: MessageForm,
): Card {
  const { language } = words;
  const { about } = news;
  const severity = about.severity;
  const { itemId } = about;
  const number = shownId({ id: news.eventId, body: itemId === undefined ? {} : { itemId } });
  const numbered: Text = [language.label('eventId'), word(` ${number}`)];
  return {
    kind: 'news',
    severity,
    sign: signs[severity],
    level: severityNames[severity],
    title: numbered,
    headline: headlineOf(event, news, words, form),
    remarks: alsoOf(event, news, language, rooms[form]),
    fields: form === 'bare' ? [] : changedFields(news.fields ?? [], language, rooms[form].value),
    details: [],
    footer: joined(separator, [[word('Tocsin')], numbered, language.time(event.receivedAt)]),
    ...(about.link !== undefined && { link: about.link }),
  };
}

/** `Malicious file on DC01: acknowledged by ana via chat`; bare: without any text of others. */
function headlineOf(event: StoredEvent, news: News, words: Vocabulary, form: MessageForm): Text {
  const { language } = words;
  const { about } = news;
  const room = rooms[form];
  const isBare = form === 'bare';
  const known = isBare ? undefined : said('type', about.type, words);
  return language.say('newsHeadline', {
    what: known?.text ?? [language.label('event')],
    device: isBare ? [] : brief(about.device, room.device),
    news: newsText(event, news, language, room),
  });
}

/** What happened besides, a line each. */
function alsoOf(event: StoredEvent, news: News, language: Language, room: Room): Text[] {
  const lines = (news.also ?? []).map((line) =>
    newsText(event, { ...news, ...line, note: line.note }, language, room),
  );
  const { more = 0 } = news;
  return more === 0
    ? lines
    : [...lines, language.say('digestMore', { count: countText(`${more}`) })];
}

function newsText(
  event: StoredEvent,
  news: Omit<News, 'note'> & { readonly note?: string | undefined },
  language: Language,
  room: Room,
): Text {
  const { kind, via, actor, note, values } = news;
  const own = via === 'vendor' ? byVendor[kind] : undefined;
  const time = (iso: string | undefined): Text =>
    shortTime(iso ?? null, event.receivedAt, language);
  const shown: Values = {
    actor: room.name === 0 ? [] : code(actor, room.name),
    via: doorText(via),
    until: time(values.until),
    time: time(values.lastSeenAt),
    note: room.note === 0 ? [] : prose(note, room.note),
    occurrences: countText(values.occurrences),
    severity: [strong(severityNames[news.about.severity])],
    to: room.name === 0 ? [] : code(values.to, room.name),
    step: countText(values.step),
    skipped: countText(values.skipped),
    duty: room.name === 0 ? [] : code(values.duty, room.name),
    fallback: room.name === 0 ? [] : code(values.fallback, room.name),
    reason: reasonText(news, language, room),
  };
  return language.say(own ?? sentences[kind], shown);
}

/** Why it was escalated. */
function reasonText({ values }: Pick<News, 'values'>, language: Language, { name }: Room): Text {
  const { reason, undelivered } = values;
  if (reason === 'unacknowledged') return language.say('newsUnacknowledged', {});
  if (reason !== 'undelivered') return [];
  return language.say('newsUndelivered', { sinks: name === 0 ? [] : code(undelivered, name) });
}

function countText(count: string | undefined): Text {
  return /^\d{1,9}$/.test(count ?? '') ? [word(count!)] : [];
}
