// What became of an event, in words beside the headline of its card. Pure.
import { type CardState, type Text, word } from '../../kit/card.ts';
import type { MessageForm } from '../../kit/event.ts';
import type { IncidentState, IncidentView } from '../../kit/incident.ts';
import { type Language, number, type SentenceName } from './language.ts';
import { code, joined, prose } from './text.ts';

/** Code points of a name, and of what somebody noted. */
const nameMax = 48;
const noteMax = 120;
const separator = ' · ';
/** The name of a door is ours. */
const door = /^[a-z]{1,20}$/;

const sentences: Readonly<Record<IncidentState, SentenceName>> = {
  open: 'stateReopened',
  acknowledged: 'stateAcknowledged',
  snoozed: 'stateSnoozed',
  resolved: 'stateResolved',
};

/**
 * Undefined while there is nothing to say. A bare card has no text of others: neither names nor
 * notes.
 * @param near ISO time that the card shows: times of that day are shown without their date
 */
export function cardState(
  incident: IncidentView,
  language: Language,
  { form, near }: { readonly form: MessageForm; readonly near: string },
): CardState | undefined {
  const { state, occurrences, lastSeenAt, escalatedTo } = incident;
  const time = (iso: string | null): Text => shortTime(iso, near, language);
  const seen =
    occurrences > 1
      ? language.say('stateSeen', { count: number(occurrences), time: time(lastSeenAt) })
      : [];
  const escalated =
    escalatedTo === null || form === 'bare' || state === 'resolved'
      ? []
      : language.say('stateEscalated', { to: prose(escalatedTo, nameMax) });
  const text = joined(separator, [standing(incident, language, { form, time }), escalated, seen]);
  return text.length === 0 ? undefined : { kind: state, text };
}

interface View {
  readonly form: MessageForm;
  time(iso: string | null): Text;
}

/** Empty for what nobody touched. */
function standing(incident: IncidentView, language: Language, { form, time }: View): Text {
  const { state, by, via, changedAt, until, note } = incident;
  if (state === 'open' && by === null) return [];
  const isBare = form === 'bare';
  const isOfVendor = state === 'resolved' && via === 'vendor';
  return language.say(isOfVendor ? 'stateResolvedByVendor' : sentences[state], {
    by: isBare ? [] : code(by, nameMax),
    via: doorText(via),
    time: time(changedAt),
    until: time(until),
    note: form === 'full' ? prose(note, noteMax) : [],
  });
}

/** Empty for what is no door of ours. */
export function doorText(via: string | null): Text {
  return via !== null && door.test(via) ? [word(via)] : [];
}

/** `03:12` on the day of `near`, else `2026-02-03 03:12`; empty without a time. */
export function shortTime(iso: string | null, near: string, language: Language): Text {
  if (iso === null) return [];
  const [part] = language.time(iso);
  if (part?.kind !== 'time') return [];
  const [day = '', clock = ''] = part.text.split(' ');
  const minutes = clock.slice(0, 5);
  const [other] = language.time(near);
  const isSameDay = other?.text.startsWith(`${day} `) === true;
  return [{ ...part, text: isSameDay ? minutes : `${day} ${minutes}` }];
}
