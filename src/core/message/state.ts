// What became of an event, in words beside the headline of its card. Pure.
import { type CardState, type Text, word } from '../../kit/card.ts';
import type { MessageForm } from '../../kit/event.ts';
import type { IncidentState, IncidentView } from '../../kit/incident.ts';
import { type Language, number, type SentenceName } from './language.ts';
import { code, joined, prose } from './text.ts';

/** Code points of a name in the line beside the headline, elsewhere, and of what somebody noted. */
const lineNameMax = 20;
const nameMax = 48;
const noteMax = 200;
const separator = ' · ';
/** The name of a door is ours. */
const door = /^[a-z]{1,20}$/;

const sentences: Readonly<Record<IncidentState, SentenceName>> = {
  open: 'stateReopened',
  acknowledged: 'stateAcknowledged',
  snoozed: 'stateSnoozed',
  resolved: 'stateResolved',
};

interface StateOptions {
  readonly form: MessageForm;
  /** ISO time that the card shows: times of that day are shown without their date. */
  readonly near: string;
}

/**
 * Undefined while there is nothing to say. One short line, and what there is besides: a card must
 * stay small. A bare card has no text of others: neither names nor notes.
 */
export function cardState(
  incident: IncidentView,
  language: Language,
  options: StateOptions,
): CardState | undefined {
  const { state, until, note } = incident;
  const text = joined(separator, [
    standing(incident, language, { ...options, nameMax: lineNameMax, isWhole: false }),
    escalation(incident, language, options.form === 'bare' ? 0 : lineNameMax),
    seen(incident, language, options.near),
  ]);
  if (text.length === 0) return undefined;
  const more = joined(separator, [
    state === 'acknowledged' && until !== null
      ? language.say('stateUntil', { until: shortTime(until, options.near, language) })
      : [],
    note === null || options.form !== 'full'
      ? []
      : language.say('stateNote', { note: prose(note, noteMax) }),
  ]);
  return { kind: state, text, ...(more.length > 0 && { more }) };
}

/** All of it in one sentence, as an answer to somebody who asks. Times have their date. */
export function stateSentence(incident: IncidentView, language: Language): Text {
  return joined(separator, [
    standing(incident, language, { form: 'full', near: '', nameMax, isWhole: true }),
    escalation(incident, language, nameMax),
    seen(incident, language, ''),
  ]);
}

interface Extent extends StateOptions {
  readonly nameMax: number;
  /** With the door, the end and the note of what somebody took. */
  readonly isWhole: boolean;
}

/** Empty for what nobody touched. */
function standing(incident: IncidentView, language: Language, extent: Extent): Text {
  const { state, by, via, changedAt, until, note } = incident;
  const { form, near, isWhole } = extent;
  if (state === 'open' && by === null) return [];
  const isOfVendor = state === 'resolved' && via === 'vendor';
  const time = (iso: string | null): Text => shortTime(iso, near, language);
  return language.say(isOfVendor ? 'stateResolvedByVendor' : sentences[state], {
    by: form === 'bare' ? [] : code(by, extent.nameMax),
    via: isWhole ? doorText(via) : [],
    time: time(changedAt),
    until: isWhole || state === 'snoozed' ? time(until) : [],
    note: isWhole ? prose(note, noteMax) : [],
  });
}

function escalation(incident: IncidentView, language: Language, max: number): Text {
  const { escalatedTo, state } = incident;
  if (escalatedTo === null || max === 0 || state === 'resolved') return [];
  return language.say('stateEscalated', { to: prose(escalatedTo, max) });
}

function seen(incident: IncidentView, language: Language, near: string): Text {
  const { occurrences, lastSeenAt } = incident;
  if (occurrences <= 1) return [];
  const time = shortTime(lastSeenAt, near, language);
  return language.say('stateSeen', { count: number(occurrences), time });
}

/** Empty for what is no door of ours. */
export function doorText(via: string | null): Text {
  return via !== null && door.test(via) ? [word(via)] : [];
}

/**
 * `03:12` on the day of `near`, else `3 Feb 03:12`, in another year `3 Feb 2026 03:12`; empty
 * without a time. With an empty `near` the date is always there.
 */
export function shortTime(iso: string | null, near: string, language: Language): Text {
  if (iso === null) return [];
  const [part] = language.time(iso);
  if (part?.kind !== 'time') return [];
  const [day = '', clock = ''] = part.text.split(' ');
  const minutes = clock.slice(0, 5);
  const [other] = language.time(near);
  const nearDay = other?.kind === 'time' ? other.text.split(' ')[0]! : '';
  if (nearDay === day) return [{ ...part, text: minutes }];
  const isSameYear = nearDay.slice(0, 4) === day.slice(0, 4);
  return [{ ...part, text: `${language.date(day, isSameYear)} ${minutes}` }];
}
