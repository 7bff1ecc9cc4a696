// How stored events look to callers: as a row of a list, and the filters that find them.
import { z } from 'zod';
import { type Severity, severityNames } from '../kit/event.ts';
import { type KeyKind, keyKinds } from '../kit/event-keys.ts';
import { deliveryStates } from '../kit/records/delivery.ts';
import type { FoundEvent, SearchFilter } from '../kit/records/search.ts';
import { cursor, pageLimit, rowId, text, time } from './fields.ts';

const value = text.trim().min(1).max(300);
const words = z.array(text.min(1).max(200)).min(1).max(50).optional();
const severityName = z.enum(severityNames);

/** Flat, because an address has to carry them. */
export const eventFilters = z.strictObject({
  text: value.optional().describe('In any text of the event, and in its type; A to Z in any case'),
  id: value.optional().describe('The vendor’s number or name of the item'),
  subject: value.optional().describe('The item, as its later changes name it too'),
  hash: value.optional().describe('Of the file, whole'),
  device: value.optional().describe('Name or number of the device, whole'),
  user: value.optional().describe('With or without the domain, whole'),
  ip: value.optional().describe('An address of the device, or the remote one'),
  severity: z.array(severityName).min(1).optional().describe('Absent: any'),
  minSeverity: severityName.optional().describe('This severity or a higher one, or UNKNOWN'),
  type: words.describe('Types, as the vendor writes them'),
  stream: words,
  source: words.describe('Ids of sources; absent: all but "tocsin", Tocsin itself'),
  status: words,
  since: time.optional().describe('It was received then or later'),
  until: time.optional().describe('It was received before'),
  sink: value.optional().describe('It has a delivery to this sink'),
  state: z
    .array(z.enum(deliveryStates))
    .min(1)
    .optional()
    .describe('It has a delivery in one of these states, to the sink if one is given'),
});
export type EventFilters = z.infer<typeof eventFilters>;

export const searchInput = eventFilters.extend({ cursor, limit: pageLimit });

export function filterOf(filters: EventFilters): SearchFilter {
  const { text: word, severity, minSeverity, since, until } = filters;
  const values = keyKinds.flatMap((kind: KeyKind) => {
    const sought = filters[kind];
    return sought === undefined ? [] : [{ kind, value: sought }];
  });
  return {
    values,
    text: word,
    severities: severitiesOf(severity, minSeverity),
    types: filters.type,
    streams: filters.stream,
    sources: filters.source,
    statuses: filters.status,
    sinceMs: since === undefined ? undefined : Date.parse(since),
    untilMs: until === undefined ? undefined : Date.parse(until),
    sink: filters.sink,
    states: filters.state,
  };
}

/** As in routes, an unknown severity passes every threshold. */
export function severitiesOf(
  named: EventFilters['severity'],
  least: EventFilters['minSeverity'],
): Severity[] | undefined {
  if (named === undefined && least === undefined) return undefined;
  const all = severityNames.map((name, index) => ({ name, severity: index as Severity }));
  const from = least === undefined ? 0 : severityNames.indexOf(least);
  return all
    .filter(({ name, severity }) => named?.includes(name) ?? (severity === 0 || severity >= from))
    .filter(({ severity }) => severity === 0 || severity >= from)
    .map(({ severity }) => severity);
}

/** A row of a list of events. Texts are the vendor's, and as they are stored. */
export const eventItem = z.object({
  id: rowId,
  source: text,
  externalId: text.describe('Unique within the source'),
  itemId: text.nullable().describe('As the vendor’s console shows it'),
  subject: text,
  stream: text,
  type: text,
  severity: severityName,
  status: text.nullable(),
  action: text.nullable(),
  occurredAt: time.nullable(),
  receivedAt: time,
  device: text.nullable().describe('Its name, else its number'),
  user: text.nullable(),
  ip: text.nullable().describe('Of the device'),
  tenant: text.nullable(),
  file: text.nullable().describe('Its name, else its path'),
  hash: text.nullable(),
  threat: text.nullable().describe('The vendor’s word for the threat'),
  recurrence: z.number().nullable().describe('How often the vendor has seen it'),
  link: text.nullable().describe('To the vendor’s console'),
  deliveries: z.array(z.object({ sink: text, state: z.enum(deliveryStates) })),
});
export type EventItem = z.infer<typeof eventItem>;

export function itemOf({ body, severity, ...event }: FoundEvent): EventItem {
  const { device, file, tenant } = body;
  return {
    ...event,
    id: String(event.id),
    severity: severityNames[severity],
    itemId: body.itemId ?? null,
    device: device?.name ?? device?.id ?? null,
    user: body.user ?? null,
    ip: device?.ip ?? null,
    tenant: tenant?.name ?? tenant?.id ?? null,
    file: file?.name ?? file?.path ?? null,
    hash: file?.hash ?? null,
    threat: body.threatType ?? null,
    recurrence: body.recurrence ?? null,
    link: body.link ?? null,
    deliveries: event.deliveries.map((one) => ({ ...one })),
  };
}
