// By what events of a route belong together, and how long they wait for each other. Pure; the waiting is in the store.
import { createHash } from 'node:crypto';
import { type EventBody, severityNames } from '../../kit/event.ts';
import type { EventFacts } from './match.ts';
import type { Interval } from './schedule.ts';

/** What a route may group by: the words of `tocsin.yaml`. */
export const groupFields = {
  source: ({ source }) => source,
  stream: ({ event }) => event.stream,
  type: ({ event }) => event.type,
  severity: ({ event }) => severityNames[event.severity],
  status: ({ event }) => event.status,
  action: ({ event }) => event.action,
  tenant: ({ body }) => body.tenant?.name,
  device: ({ body }) => body.device?.name ?? body.device?.id,
  device_group: ({ body }) => body.device?.group,
  user: ({ body }) => body.user,
  hash: ({ body }) => body.file?.hash,
} as const satisfies Readonly<Record<string, (facts: Facts) => string | null | undefined>>;
export type GroupField = keyof typeof groupFields;

interface Facts {
  readonly source: string;
  readonly event: EventFacts;
  readonly body: EventBody;
}

/** Of a route: what it takes goes out together with others like it. */
export interface GroupPolicy {
  /** Empty: everything that the route takes is one group. */
  readonly by: readonly GroupField[];
  /** From the first event of a new group to its first message. */
  readonly waitMs: number;
  /** From one message of a group to the next. */
  readonly intervalMs: number;
  /** So many waiting events are sent at once. */
  readonly max: number;
  /** So many events of each interval go out one by one, before the others wait for its end. */
  readonly cards: number;
}

/** Times in which what a route takes is held, to go out together when they are over. */
export interface QuietHours {
  readonly times: readonly Interval[];
  /** A priority: what is that urgent or more is not held. */
  readonly passes: number;
}

/** Longer values differ only in what nobody reads. */
const valueLengthMax = 200;
/** The key is in an index, which takes 2,700 bytes of a row and refuses more for ever; a name may be written by an attacker. */
const keyBytesMax = 1500;
/** So much of a value stays in a key that would be too long. Eleven values of six bytes a character fit. */
const shortLengthMax = 16;

/** The same for events that belong together; undefined for one that has none of the values, which goes out alone. */
export function groupKeyOf(
  route: string,
  { by }: Pick<GroupPolicy, 'by'>,
  source: string,
  event: EventFacts,
): string | undefined {
  const values = by.map((field) => groupFields[field]({ source, event, body: event.body }) ?? '');
  if (by.length > 0 && values.every((value) => value === '')) return undefined;
  const key = JSON.stringify([route, ...values.map((value) => value.slice(0, valueLengthMax))]);
  return Buffer.byteLength(key) <= keyBytesMax ? key : JSON.stringify([route, ...values.map(shortened)]);
}

function shortened(value: string): string {
  if (value.length <= shortLengthMax) return value;
  const hash = createHash('sha256').update(value.slice(0, valueLengthMax)).digest('hex').slice(0, shortLengthMax);
  return `${value.slice(0, shortLengthMax)}…${hash}`;
}

/** What {@link groupKeyOf} made. */
export function readGroupKey(key: string): { readonly route: string; readonly values: readonly string[] } {
  const [route = '', ...values] = JSON.parse(key) as string[];
  return { route, values };
}
