// Deliveries: how each of them stands, and how those that were given up are put back or dropped, by
// what they have in common.
import { z } from 'zod';
import { severityNames } from '../kit/event.ts';
import { createMask } from '../kit/mask.ts';
import {
  type ChosenDelivery,
  type DeliveryFilter,
  deliveryStates,
  type ListedDelivery,
} from '../kit/records/delivery.ts';
import { refusal } from '../kit/refusals.ts';
import { parseSeverity } from '../kit/severity.ts';
import {
  type Choice,
  chooseDeliveries,
  dropDeliveries,
  listDeliveries,
  readDeliveries,
  redriveDeliveries,
} from '../store/deliveries/index.ts';
import { cursorOf, keyOf } from './cursor.ts';
import { cursor, name, pageDefault, pageLimit, pageOf, rowId, text, time } from './fields.ts';
import { ConflictError, type Operation, type OperationContext } from './operation.ts';

const severityName = z.enum(severityNames);
const severities = z.array(severityName).min(1).optional().describe('Of the event; absent: any');

/** A delivery, as doors show it. */
export const deliveryItem = z.object({
  eventId: rowId,
  sink: text,
  state: z.enum(deliveryStates),
  reason: text.nullable().describe('Why it is suppressed, dead, or not yet delivered'),
  attempts: z.number().describe('Failed attempts that counted'),
  form: z.enum(['full', 'short', 'bare']).describe('Of the next message, or the last'),
  scheduledAt: time.describe('When it was last due, or will be'),
  finalizedAt: time.nullable().describe('Null: it is pending'),
  route: text.nullable(),
  digestId: rowId.nullable().describe('The event that is the digest in which it travels'),
  silenceId: rowId.nullable().describe('The silence that suppressed it'),
  remoteId: text.nullable().describe('The far end’s own id of the message'),
  lastStatus: z.number().nullable().describe('HTTP status of the far end’s last answer'),
  lastAnswer: text.nullable().describe('The beginning of that answer, without secrets'),
  severity: severityName,
  type: text,
  device: text.nullable(),
  itemId: text.nullable().describe('The number of the item in the vendor’s console'),
  receivedAt: time.describe('When the event was received'),
});
export type DeliveryItem = z.infer<typeof deliveryItem>;

/** These rows as doors show them. */
export function itemsOf(
  { config }: OperationContext,
  rows: readonly ListedDelivery[],
): DeliveryItem[] {
  // An answer was masked when it was stored; a secret that was configured later may stand in it.
  const mask = createMask(config.secrets);
  return rows.map((row) => ({
    ...row,
    eventId: String(row.eventId),
    digestId: row.digestId === null ? null : String(row.digestId),
    silenceId: row.silenceId === null ? null : String(row.silenceId),
    lastAnswer: row.lastAnswer === null ? null : mask(row.lastAnswer),
    severity: severityNames[row.severity],
  }));
}

const listInput = z.strictObject({
  sink: name.optional(),
  state: z.array(z.enum(deliveryStates)).min(1).optional().describe('Absent: any'),
  reason: name.optional(),
  event: rowId.optional(),
  silence: rowId.optional().describe('The silence that suppressed it'),
  severity: severities,
  since: time.optional().describe('The event was received then or later'),
  until: time.optional().describe('The event was received before'),
  cursor,
  limit: pageLimit,
});
const listOutput = pageOf(deliveryItem).extend({
  searchedTo: time
    .nullable()
    .describe('The search ended early, at events of this time: "next" goes on. Null: it did not'),
});
const keySchema = z.strictObject({ eventId: z.int(), sink: z.string() });

export const list: Operation<z.infer<typeof listInput>, z.infer<typeof listOutput>> = {
  name: 'delivery-list',
  summary: 'Deliveries by sink, state and reason, those of the newest events first',
  input: listInput,
  output: listOutput,
  permission: 'read',
  route: 'GET /deliveries',
  async run(context, input) {
    const { state, event, severity, since, until, limit = pageDefault } = input;
    const found = await listDeliveries(context.db, {
      states: state,
      sink: input.sink,
      reason: input.reason,
      eventId: event,
      silenceId: input.silence,
      severities: numbersOf(severity),
      sinceMs: momentOf(since),
      untilMs: momentOf(until),
      after: keyOf(input.cursor, input, keySchema),
      limit,
    });
    return {
      items: itemsOf(context, found.items),
      next: found.last === null ? null : cursorOf(found.last, input),
      searchedTo: found.searchedTo,
    };
  },
};

const filter = {
  sink: name.optional(),
  reason: name.optional(),
  status: z
    .int()
    .min(100)
    .max(599)
    .nullable()
    .optional()
    .describe('HTTP status of the far end’s last answer; null: it never gave one'),
  severity: severities,
  eventIds: z.array(rowId).min(1).max(10_000).optional(),
  deadSince: time.optional().describe('It was given up then or later'),
  deadUntil: time.optional().describe('It was given up before'),
  dryRun: z.boolean().optional().describe('True: nothing is changed'),
  expected: z
    .int()
    .min(0)
    .optional()
    .describe('The count of a dry run: if clearly more are meant by now, nothing is changed'),
};

/** The most that one act changes: some seconds, in which nothing else waits for it. */
export const actMax = 20_000;
const sampleMax = 10;

const actOutput = z.object({
  count: z.number().describe('How many were changed; of a dry run, how many would be'),
  more: z.boolean().describe('More are meant than one act changes: repeat it'),
  bySeverity: z
    .array(z.object({ severity: severityName, count: z.number() }))
    .optional()
    .describe('Of a dry run; the most severe first'),
  sample: z.array(deliveryItem).optional().describe('Of a dry run: the most urgent of them'),
});
type ActOutput = z.infer<typeof actOutput>;

const redriveInput = z.strictObject(filter);
type RedriveInput = z.infer<typeof redriveInput>;

export const redrive: Operation<RedriveInput, ActOutput> = {
  name: 'delivery-redrive',
  summary: 'Puts back dead deliveries that have something in common, or says which those are',
  input: redriveInput,
  output: actOutput,
  permission: 'operate',
  route: 'POST /deliveries/redrive',
  target: targetOf,
  before: (context, input) => outlineOf(context, choiceOf(input)),
  isRehearsal: ({ dryRun }) => dryRun === true,
  run: (context, input) => act(context, input, { choice: choiceOf(input), do: redriveDeliveries }),
};

const dropInput = z
  .strictObject({
    ...filter,
    state: z
      .array(z.enum(['pending', 'dead']))
      .min(1)
      .optional()
      .describe('Absent: what is dead. What is pending can be dropped of one sink alone'),
  })
  .refine(
    ({ sink, reason, status, severity, eventIds }) =>
      [sink, reason, status, severity, eventIds].some((value) => value !== undefined),
    'say what is to be dropped: its sink, reason, status, severity or events',
  )
  .refine(
    ({ state = [], sink }) => !state.includes('pending') || sink !== undefined,
    'name the sink of which pending deliveries are to be dropped',
  );
type DropInput = z.infer<typeof dropInput>;

export const drop: Operation<DropInput, ActOutput> = {
  name: 'delivery-drop',
  summary: 'Drops deliveries that have something in common, or says which those are',
  input: dropInput,
  output: actOutput,
  permission: 'admin',
  route: 'POST /deliveries/drop',
  target: targetOf,
  before: (context, input) => outlineOf(context, choiceOf(input, input.state)),
  isRehearsal: ({ dryRun }) => dryRun === true,
  run: (context, input) =>
    act(context, input, { choice: choiceOf(input, input.state), do: dropDeliveries }),
};

function targetOf({ sink }: RedriveInput): string {
  return sink === undefined ? 'deliveries' : `sink:${sink}`;
}

function choiceOf(input: RedriveInput, states: Choice['states'] = ['dead']): Choice {
  const { sink, reason, status, severity, eventIds, deadSince, deadUntil } = input;
  const chosen: DeliveryFilter = {
    ...{ sink, reason, status, eventIds },
    severities: numbersOf(severity),
    sinceMs: momentOf(deadSince),
    untilMs: momentOf(deadUntil),
  };
  return { ...chosen, states };
}

interface Act {
  readonly choice: Choice;
  do(db: OperationContext['db'], chosen: readonly ChosenDelivery[]): Promise<number>;
}

async function act(
  context: OperationContext,
  { dryRun = false, expected }: RedriveInput,
  { choice, do: change }: Act,
): Promise<ActOutput> {
  const { deliveries, isCut } = await chooseDeliveries(context.db, choice, actMax);
  if (dryRun) {
    const sample = await readDeliveries(context.db, deliveries.slice(0, sampleMax));
    return {
      count: deliveries.length,
      more: isCut,
      bySeverity: bySeverity(deliveries),
      sample: itemsOf(context, sample),
    };
  }
  if (expected !== undefined && deliveries.length > expected + growthOf(expected))
    throw new ConflictError([
      refusal('countMoved', { count: String(deliveries.length), expected: String(expected) }),
    ]);
  return { count: await change(context.db, deliveries), more: isCut };
}

/** What may have joined those that were shown while somebody looked at them. */
function growthOf(expected: number): number {
  return Math.max(10, Math.ceil(expected / 20));
}

/** For the audit log. */
async function outlineOf({ db }: OperationContext, choice: Choice): Promise<unknown> {
  const { deliveries, isCut } = await chooseDeliveries(db, choice, actMax);
  const events = deliveries.slice(0, sampleMax).map(({ eventId }) => eventId);
  return { count: deliveries.length, more: isCut, bySeverity: bySeverity(deliveries), events };
}

/** The most severe first; what there is none of is left out. */
function bySeverity(chosen: readonly ChosenDelivery[]) {
  return severityNames
    .map((severity, number) => ({
      severity,
      count: chosen.filter((one) => one.severity === number).length,
    }))
    .filter(({ count }) => count > 0)
    .reverse();
}

function numbersOf(names: readonly string[] | undefined) {
  return names?.map((one) => parseSeverity(one) ?? 0);
}

function momentOf(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}
