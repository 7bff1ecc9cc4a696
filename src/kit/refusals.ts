// Why an operation does nothing, by code and with values: in English here, and in the languages of
// chat and page beside the words of the chat. A place in braces is filled in.

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
  extendOver: 'Silence {id} is over. Make a new one.',
  extendFile:
    'Silence {id} is written in {file}, which says when it ends. Make one of your own for the time after.',
  extendEarlier: 'Silence {id} ends {time} already. Name a later time, or end it.',
  extendLong: 'Silence {id} would end more than {hours} hours ahead, the most that is allowed.',
  forbidden: '{operation} needs the role "{needed}", and {name} has "{role}".',
  pausedBy:
    'It is paused already by {by} until {until}. Give "replace" to put another pause in its place.',
  pausedNow: 'It is paused already. Give "replace" to put another pause in its place.',
  pauseEnd: 'Say when the pause ends: give either "for" or "until".',
  pauseLength: '"for" is no time up to {days} days. Write it as "90s", "30m", "2h" or "7d".',
  pauseUntil: '"until" must lie ahead, by {days} days at most; it is {now} now.',
  unknownId: 'No {kind} is called "{id}"; there is {known}.{hint}',
  unknownIdOfNone: 'No {kind} is called "{id}"; there is none.',
  noSuchSource: 'No source is called "{id}". The list of sources shows their names.',
  noSuchSink: 'No sink is called "{id}". The list of sinks shows their names.',
  resetConfirm:
    'A reset cannot be undone. Give the id of the source again as "confirm": "{source}".',
  sourceUnread: 'Source "{source}" was never read, and this process does not know what it reads.',
  sourcePushed: 'Source "{source}" is pushed to: nothing can be read from it.',
  sourcePaused: 'The source is paused by {by} until {until}. Resume it: then it is read at once.',
  callsNoSource: 'This process calls no source. Ask one that serves.',
  callsNoSink: 'This process calls no sink. Ask one that serves.',
  sourceAnswersNone: 'Source {source} is of a type whose far end cannot be asked for that.',
  itemGone:
    'Source {source} has no item {item}, and none of that number is stored here. Search for it, or look at its number in the vendor’s console.',
  notOneItem:
    'The item is no single one as source {source} reads it. Copy one as the console or its API shows it.',
  draftFault: '{fault}.',
  tokenTaken: 'There is a token called "{name}". Revoke it first, or choose another name.',
  tokenLife:
    'The token cannot expire then. Say when as a time from 1m to 10y, such as "30d", or "never".',
  tokenGone: 'There is no token {token}. The list of tokens shows their ids.',
  tokenRevoked: 'Token {token} was revoked before.',
  sessionsWhose: 'Say whose sessions end: "subject", or "all", and not both.',
  cursorWrong:
    'This cursor is none of this list. Pass the cursor on as "next" of a page gave it, or none.',
  cursorOthers:
    'This cursor belongs to other filters. Repeat the filters of the page that gave it, or begin without a cursor.',
  unstorable: 'A text has NUL or half a character, which no text of Tocsin has.',
  loopbackAlone:
    'No token is configured, so the API and the page answer on this machine alone, and only show things. Make a token with "tocsin token create".',
  databaseNotReady: 'The database is not ready. Try again.',
  nobodyKnown: 'Nobody can be recognised now; the log says why. Try again.',
  signIn: 'Sign in at /login, or send a bearer token that "tocsin token create" made.',
  tokenWrong: 'This token is not valid. "tocsin token list" shows those that are.',
  loginsFailed: 'Too many logins failed from your address. Try again in {seconds} s.',
  providerAway: 'The identity provider cannot be reached; the log says why. Try again.',
  providerSilent: 'The identity provider did not say who you are; the log says why. Begin again.',
  signInStale: 'The sign-in took too long, or began in another browser. Begin again.',
  noRole: 'You are {name}, and no group of yours has a role. Whoever runs Tocsin sets SSO_ROLES.',
  formUnread: 'The form cannot be read. Go back, and send it again.',
  matcherForm: 'The matcher is no JSON object. Write it as {example}.',
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
