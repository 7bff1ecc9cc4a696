// The names of the cases of the suite of sinks.

export const httpCases = [
  'the origin is what is called',
  'every status from 200 to 599 ends as the policy says',
  'an edit and a reply end by their status as the policy says',
  'a 2xx without the promised body is not delivered',
  'Retry-After counts as seconds and as a date',
  'what is said of the rate is passed on, with a refusal and with an acceptance',
  'a refused connection is tried again',
  'a reset connection is tried again',
  'an answer of 10 MB is not read whole',
  'no secret is in any error, its cause or the answer it keeps',
] as const;

/** What it says, and what nobody must be able to make it say. */
export const saidCaseNames = [
  'everything that a card says arrives, in each form, language and title',
  'a bare message has no text of the event',
  'a message is within what the product takes, and only core cuts',
  'hostile text is only shown, in every part of every kind of card',
  'an edit goes to the message that it was given, and a reply below it',
  'hostile text is only shown in an edit and in a reply',
] as const;

export const sinkCases = [
  ...httpCases,
  'a far end that hangs is given up and tried again',
  'an abort ends it before its time-out',
  'the second attempt carries the same delivery id',
  'ten at once all arrive',
  'closing in flight loses nothing',
  'all three forms are accepted',
  'a message that may be a repetition says so',
  ...saidCaseNames,
] as const;
export type SinkCase = (typeof sinkCases)[number];
