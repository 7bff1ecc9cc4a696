// Which events of a route belong together, and how long they wait for each other. Pure; the waiting
// itself is in the store.
import { createHash } from 'node:crypto';
import { type EventBody, severityNames } from '../../kit/event.ts';
import type { EventFacts, SourcedEvent } from './match.ts';
import type { Interval } from './schedule.ts';

/** The fields that a route may group by, as `tocsin.yaml` names them. */
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

/** How a route groups events. */
export interface GroupPolicy {
  /** Empty: all events of the route form one group. */
  readonly by: readonly GroupField[];
  /** From the first event of a new group to its first message. */
  readonly waitMs: number;
  /** From one message of a group to the next. */
  readonly intervalMs: number;
  /** A group that has this many waiting events is sent at once. */
  readonly max: number;
  /** This many events of each interval go out one by one; the others wait for its end. */
  readonly cards: number;
}

/** Times in which events of a route are held, to go out together at the end. */
export interface QuietHours {
  readonly times: readonly Interval[];
  /** A priority: events of this priority or a more urgent one are not held. */
  readonly passes: number;
}

/** Values are compared up to this length. */
const valueLengthMax = 200;
/**
 * The key is indexed, and an index of Postgres refuses more than 2,700 bytes. Attackers choose some
 * of the values.
 */
const keyBytesMax = 1500;
/**
 * Values are cut to this length where the key would be too long. Eleven values of six bytes a
 * character fit.
 */
const shortLengthMax = 16;

/**
 * The same key for events that belong together; undefined for an event without any of the values,
 * which goes out alone.
 */
export function groupKeyOf(
  route: string,
  by: GroupPolicy['by'],
  { source, event }: SourcedEvent,
): string | undefined {
  const values = by.map((field) => groupFields[field]({ source, event, body: event.body }) ?? '');
  if (by.length > 0 && values.every((value) => value === '')) return undefined;
  const key = JSON.stringify([route, ...values.map((value) => value.slice(0, valueLengthMax))]);
  return Buffer.byteLength(key) <= keyBytesMax
    ? key
    : JSON.stringify([route, ...values.map(shortened)]);
}

function shortened(value: string): string {
  if (value.length <= shortLengthMax) return value;
  const hash = createHash('sha256')
    .update(value.slice(0, valueLengthMax))
    .digest('hex')
    .slice(0, shortLengthMax);
  return `${value.slice(0, shortLengthMax)}…${hash}`;
}

/** What {@link groupKeyOf} made. */
export function readGroupKey(key: string): {
  readonly route: string;
  readonly values: readonly string[];
} {
  const [route = '', ...values] = JSON.parse(key) as string[];
  return { route, values };
}
