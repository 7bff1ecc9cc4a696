// Events for people: found, shown with everything that became of them, and tried on the routes as
// they are now.
import { z } from 'zod';
import { type EventBody, noticeSource } from '../kit/event.ts';
import { vendorNames } from '../kit/incident.ts';
import { createMask } from '../kit/mask.ts';
import { deliveryStates } from '../kit/records/delivery.ts';
import type { DeliveryDetail } from '../kit/records/detail.ts';
import { refusal } from '../kit/refusals.ts';
import type { Database } from '../store/database.ts';
import { readEventDetail } from '../store/event-detail.ts';
import { readCurrent } from '../store/incident-of.ts';
import { readIncident, rootEventOf } from '../store/incidents.ts';
import { countOthers, searchEvents, searchOn } from '../store/search/index.ts';
import { cursorOf, keyOf } from './cursor.ts';
import { decision, decisionOn } from './decision.ts';
import { eventItem, filterOf, itemOf, searchInput } from './event-fields.ts';
import { objectOf, pageDefault, pageOf, rowId, text, time } from './fields.ts';
import { history, incident, readHistory, shownOf } from './incident-fields.ts';
import { ConflictError, NotFoundError, type Operation } from './operation.ts';

const searchOutput = pageOf(eventItem).extend({
  searchedTo: time
    .nullable()
    .describe('All that was received since then is searched; "next" goes on. Null: all was'),
});
const range = z.strictObject({ beforeId: z.int(), floorId: z.int() });

/**
 * When the last step of a request may begin. A step takes some ten milliseconds, and many times
 * that on a busy machine; whoever waits for a page sees it within a tenth of a second.
 */
const searchMs = 40;
const stepsMax = 20;

export const search: Operation<z.infer<typeof searchInput>, z.infer<typeof searchOutput>> = {
  name: 'event-search',
  summary: 'Stored events that fit all filters, the newest first, in steps that each end soon',
  input: searchInput,
  output: searchOutput,
  permission: 'read',
  route: 'GET /events',
  async run({ db }, { cursor, limit = pageDefault, ...filters }) {
    const endsAt = performance.now() + searchMs;
    const step = await searchOn(db, filterOf(filters), {
      range: keyOf(cursor, filters, range),
      limit,
      stepsMax,
      isOver: () => performance.now() > endsAt,
    });
    return {
      items: step.events.map(itemOf),
      next: step.next === null ? null : cursorOf(step.next, filters),
      searchedTo: step.searchedTo,
    };
  },
};

const attempt = z.object({
  at: time,
  outcome: text,
  reason: text.nullable(),
  status: z.number().nullable().describe('HTTP status; null: there was no answer'),
  durationMs: z.number(),
  answer: text.nullable().describe('The beginning of the far end’s answer, without secrets'),
  isOfDigest: z.boolean().describe('It sent the digest in which the event travelled'),
});

const delivery = z.object({
  sink: text,
  state: z.enum(deliveryStates),
  reason: text.nullable(),
  attempts: z.number().describe('Failed attempts that counted'),
  form: z.enum(['full', 'short', 'bare']),
  scheduledAt: time,
  finalizedAt: time.nullable(),
  route: text.nullable(),
  group: text.nullable().describe('JSON: the route’s name and the values by which it groups'),
  digestId: rowId.nullable().describe('The event that is the digest in which it travels'),
  silence: z.object({ id: rowId, owner: text, reason: text }).nullable(),
  remoteId: text.nullable().describe('The far end’s own id of the message'),
  heldBy: z.enum(['group', 'storm']).nullable(),
  heldUntil: time.nullable(),
  tried: z.array(attempt).describe('Failures, and the success that followed them; oldest first'),
});

const neighbours = z.object({
  count: z.number().describe('Other events with the same value'),
  hasMore: z.boolean().describe('There may be more than these'),
  filter: z.record(z.string(), z.string()).describe('Of event-search: finds all of them'),
});

const shown = z.object({
  event: eventItem,
  // As its source made it.
  body: objectOf<EventBody>().meta({ type: 'object', description: 'Everything that is known' }),
  raw: text.describe('The vendor’s object, byte for byte'),
  routes: z.array(text).describe('Those that took it when it arrived'),
  deliveries: z.array(delivery),
  incident: incident
    .extend({
      ...history.shape,
      vendor: z
        .partialRecord(z.enum(vendorNames), text)
        .describe('What the vendor changed, as it says it now; an empty text was taken away'),
    })
    .nullable()
    .describe('What became of it; null: the event that it is about is not stored'),
  changes: z.array(eventItem).describe('Other events of the same item, the newest first'),
  sameDevice: neighbours.nullable(),
  sameHash: neighbours.nullable(),
});

/** How many changes are shown, and how many neighbours are counted. */
const changesMax = 20;
const neighboursMax = 100;

export const show: Operation<{ readonly event: string }, z.infer<typeof shown>> = {
  name: 'event-show',
  summary: 'One event with its raw object, its decision, and its deliveries with each attempt',
  input: z.strictObject({ event: rowId }),
  output: shown,
  permission: 'read',
  route: 'GET /events/{event}',
  async run({ db, config }, { event: id }) {
    const detail = await readEventDetail(db, id);
    if (detail === null) throw unknownEvent(id);
    const { event, raw, routes, deliveries } = detail;
    const mask = createMask(config.secrets);
    const { device, file } = event.body;
    const ofSubject = { subject: event.subject, source: [event.source] };
    const { events } = await searchEvents(db, filterOf(ofSubject), {
      range: null,
      limit: changesMax + 1,
    });
    const states = deliveries.map(({ sink, state }) => ({ sink, state }));
    return {
      event: itemOf({ ...event, deliveries: states }),
      body: event.body,
      raw,
      routes: [...routes],
      deliveries: deliveries.map((one) => shownDelivery(one, mask)),
      incident: await incidentOf(db, event.id),
      changes: events
        .filter((one) => one.id !== event.id)
        .slice(0, changesMax)
        .map(itemOf),
      sameDevice: await neighboursOf(db, id, { kind: 'device', value: device?.name ?? device?.id }),
      sameHash: await neighboursOf(db, id, { kind: 'hash', value: file?.hash }),
    };
  },
};

async function incidentOf(db: Database, id: number): Promise<z.infer<typeof shown>['incident']> {
  const root = await rootEventOf(db, id);
  const known = root === null ? null : await readIncident(db, root);
  if (known === null) return null;
  const { vendor = {} } = (await readCurrent(db, known.view.eventId)) ?? {};
  return { ...shownOf(known), ...(await readHistory(db, known.view)), vendor };
}

function unknownEvent(id: string): NotFoundError {
  return new NotFoundError([refusal('eventGone', { event: id })]);
}

function shownDelivery(
  { groupKey, digestId, silence: by, tried, ...one }: DeliveryDetail,
  mask: (text: string) => string,
): z.infer<typeof delivery> {
  return {
    ...one,
    group: groupKey,
    digestId: digestId === null ? null : String(digestId),
    silence: by && { ...by, id: String(by.id) },
    tried: tried.map(({ answer, ...facts }) => ({
      ...facts,
      answer: answer === null ? null : mask(answer),
    })),
  };
}

async function neighboursOf(
  db: Database,
  id: string,
  { kind, value }: { readonly kind: 'device' | 'hash'; readonly value: string | undefined },
): Promise<z.infer<typeof neighbours> | null> {
  if (value === undefined || value.trim() === '') return null;
  const counted = await countOthers(db, { kind, value }, { id, countMax: neighboursMax });
  return { ...counted, filter: { [kind]: value } };
}

const decideInput = z.strictObject({
  event: rowId,
  at: time.optional().describe('When it would arrive; absent: now'),
});

const decided = decision.extend({ event: eventItem });

export const decide: Operation<z.infer<typeof decideInput>, z.infer<typeof decided>> = {
  name: 'event-decide',
  summary: 'What the routes and silences as they are now would do with a stored event',
  input: decideInput,
  output: decided,
  permission: 'read',
  route: 'GET /events/{event}/decision',
  async run(context, { event: id, at }) {
    const detail = await readEventDetail(context.db, id);
    if (detail === null) throw unknownEvent(id);
    const { event, deliveries } = detail;
    const { source } = event;
    if (source === noticeSource) throw new ConflictError([refusal('ownEvent', { event: id })]);
    const states = deliveries.map(({ sink, state }) => ({ sink, state }));
    return {
      ...(await decisionOn(context, { source, event, at })),
      event: itemOf({ ...event, deliveries: states }),
    };
  },
};
