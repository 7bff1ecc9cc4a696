// Why an operation does nothing, by code and with values: in English here, and in the languages of
// the chat beside its words. A place in braces is filled in.

export const refusalSentences = {
  form: 'Not right: {fields}. Look at how it is written.',
  eventGone:
    'No event {event} is stored, or no longer: events are removed when they are older than RETENTION. Search for it by its values.',
  noSteps: 'Event {event} has no steps: no route with "escalate" took it.',
  tooMany: 'Event {event} is being changed by too many at once. Try again.',
  badLength: '"for" is no time from 1m to {max}. Write it as "30m", "4h" or "1d".',
  ownEvent:
    'Event {event} is Tocsin’s own, and routes take none of those: a notice goes by its kind, a digest to one sink.',
  countMoved:
    '{count} deliveries are meant by now, and {expected} were expected. Nothing was changed. Look at them again, then repeat with the new count.',
  silenceText: '{silence} {fault}.',
  silenceOwner: '{silence} has the owner {owner}, which is kept for the silences of that file.',
  silenceEmpty: '{silence} ends before it begins.',
  silenceOver: '{silence} is over before it was made.',
  silenceLong: '{silence} is longer than {hours} hours, the most that is allowed.',
  silenceEndless: '{silence} ends after the year 9999.',
  silenceMatcher: '{silence} cannot be used: {fault}.',
  silenceUnknown: '{silence} names the {kind} {name}; there are: {known}.',
  silenceAll: '{silence} matches every event. Say what it is about, or that all events are meant.',
  silenceGone: 'There is no silence {id}. The list of silences shows those that there are.',
  silenceEnded: 'Silence {id} is over already.',
  silenceOthers: 'Silence {id} is not of this owner, but of {owner}.',
  silenceChanged:
    'Somebody has changed silence {id} meanwhile. Look at it again, and repeat what you still want.',
} as const satisfies Readonly<Record<string, string>>;

export type RefusalCode = keyof typeof refusalSentences;

export interface Refusal {
  readonly code: RefusalCode;
  /** By the names of the places. Not to be trusted: some hold words of others. */
  readonly values: Readonly<Record<string, string>>;
}

export function refusal(code: RefusalCode, values: Refusal['values'] = {}): Refusal {
  return { code, values };
}

/** In English, for doors that speak no other language. */
export function refusalText({ code, values }: Refusal): string {
  return refusalSentences[code].replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? values[name]! : place,
  );
}
