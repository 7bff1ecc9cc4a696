// What people do about incidents: they find them, take them, put them off, resolve them, open them
// again and note something.
import { z } from 'zod';
import { currentDuty } from '../core/escalation/calendar.ts';
import { nextStep } from '../core/escalation/step.ts';
import { changeIncident } from '../core/incidents/change.ts';
import type { Wanted } from '../core/incidents/decide.ts';
import { duration, durationText } from '../kit/duration.ts';
import { severityNames } from '../kit/event.ts';
import type { IncidentState } from '../kit/incident.ts';
import type { KnownIncident } from '../kit/records/incident.ts';
import { refusal } from '../kit/refusals.ts';
import type { Database } from '../store/database.ts';
import { readEscalation } from '../store/escalation.ts';
import { isEscalatedSince } from '../store/incident-changes.ts';
import { countIncidents, listIncidents } from '../store/incident-list.ts';
import { readIncident, rootEventOf } from '../store/incidents.ts';
import { cursorOf, keyOf } from './cursor.ts';
import { severitiesOf } from './event-fields.ts';
import { cursor, name, pageDefault, pageLimit, pageOf, rowId, text, time } from './fields.ts';
import * as fields from './incident-fields.ts';
import {
  ConflictError,
  InputError,
  NotFoundError,
  type Operation,
  type OperationContext,
} from './operation.ts';

const unresolved: readonly IncidentState[] = ['open', 'acknowledged', 'snoozed'];

const listInput = z.strictObject({
  state: z.array(fields.state).min(1).optional().describe('Default: all but resolved'),
  minSeverity: z
    .enum(severityNames)
    .optional()
    .describe('This severity or a higher one, or UNKNOWN; default: HIGH'),
  by: name.optional().describe('Only what this person acknowledged, snoozed or resolved'),
  cursor,
  limit: pageLimit,
});
const listOutput = pageOf(fields.item);

export const list: Operation<z.infer<typeof listInput>, z.infer<typeof listOutput>> = {
  name: 'incident-list',
  summary: 'What is open, acknowledged or snoozed, that of the newest events first',
  input: listInput,
  output: listOutput,
  permission: 'read',
  route: 'GET /incidents',
  async run({ db }, { cursor, limit = pageDefault, ...filters }) {
    const { state = unresolved, minSeverity = 'HIGH', by = null } = filters;
    const rows = await listIncidents(db, {
      ...{ states: state, severities: severitiesOf(undefined, minSeverity)!, by },
      ...{ beforeId: keyOf(cursor, filters, z.int()), limit: limit + 1 },
    });
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? cursorOf(page.at(-1)!.eventId, filters) : null;
    return { items: page.map(fields.itemOf), next };
  },
};

const counts = z.object({
  counts: z.array(
    z.object({
      state: fields.state,
      severity: z.enum(severityNames),
      count: z.int(),
      oldest: z.object({ event: rowId, since: time }).describe('The one that was so for longest'),
    }),
  ),
});

const countInput = z.strictObject({
  minSeverity: z
    .enum(severityNames)
    .optional()
    .describe('This severity or a higher one, or UNKNOWN; default: any'),
});

export const counted: Operation<z.infer<typeof countInput>, z.infer<typeof counts>> = {
  name: 'incident-counts',
  summary: 'How many incidents are open, acknowledged or snoozed, by severity',
  input: countInput,
  output: counts,
  permission: 'read',
  route: 'GET /incidents/counts',
  async run({ db }, { minSeverity = 'UNKNOWN' }) {
    const found = await countIncidents(db, severitiesOf(undefined, minSeverity)!);
    return {
      counts: found.map(({ state, severity, count, oldestEventId, oldestAt }) => ({
        ...{ state, severity: severityNames[severity], count },
        oldest: { event: String(oldestEventId), since: oldestAt },
      })),
    };
  },
};

interface OfEvent {
  readonly event: string;
}

const shown = fields.history.extend({ incident: fields.incident });

export const show: Operation<OfEvent, z.infer<typeof shown>> = {
  name: 'incident-show',
  summary: 'The incident of an event: how it stands, what happened to it, what its messages show',
  input: z.strictObject({ event: fields.event }),
  output: shown,
  permission: 'read',
  route: 'GET /incidents/{event}',
  async run({ db }, { event }) {
    const known = await knownOf(db, event);
    return { incident: fields.shownOf(known), ...(await fields.readHistory(db, known.view)) };
  },
};

interface ActInput extends OfEvent {
  readonly note?: string | undefined;
}

interface HoldInput extends ActInput {
  readonly for?: string | undefined;
}

type Answer = z.infer<typeof fields.answer>;

/** What the acts share: what they are done to, and how it was before. */
const act = {
  output: fields.answer,
  permission: 'operate',
  target: ({ event }: OfEvent) => `event:${event}`,
  before: async ({ db }: OperationContext, { event }: OfEvent) =>
    fields.shownOf(await knownOf(db, event)),
} as const;

const noted = { event: fields.event, note: fields.note.optional() };

export const acknowledge: Operation<HoldInput, Answer> = {
  ...act,
  name: 'incident-acknowledge',
  summary: 'Says that you work on it: nobody is told again unless it gets worse or ends',
  route: 'POST /incidents/{event}/acknowledge',
  input: z.strictObject({
    ...noted,
    for: text
      .optional()
      .describe('How long, such as 4h, unless you renew it; absent: as configured, 8 hours'),
  }),
  run(context, { for: length, ...input }) {
    const { ackExpiresMs } = context.config.incidents;
    const usual = ackExpiresMs === 'off' ? null : ackExpiresMs;
    const forMs = length === undefined ? usual : lengthOf(length, ackMaxMs);
    return change(context, input, { kind: 'acknowledged', forMs });
  },
};

export const snooze: Operation<HoldInput & { readonly for: string }, Answer> = {
  ...act,
  name: 'incident-snooze',
  summary: 'Puts it off: it is open again after a time, or when it gets worse or happens again',
  route: 'POST /incidents/{event}/snooze',
  input: z.strictObject({ ...noted, for: text.describe('How long, such as 30m, 4h or 1d') }),
  run(context, { for: length, ...input }) {
    const forMs = lengthOf(length, context.config.incidents.snoozeMaxMs);
    return change(context, input, { kind: 'snoozed', forMs });
  },
};

export const resolve: Operation<ActInput, Answer> = {
  ...act,
  name: 'incident-resolve',
  summary: 'Says that it is done; it opens again when it happens again',
  route: 'POST /incidents/{event}/resolve',
  input: z.strictObject(noted),
  run: (context, input) => change(context, input, { kind: 'resolved' }),
};

export const reopen: Operation<ActInput, Answer> = {
  ...act,
  name: 'incident-reopen',
  summary: 'Opens again what is acknowledged, snoozed or resolved, whoever did that',
  route: 'POST /incidents/{event}/reopen',
  input: z.strictObject(noted),
  run: (context, input) => change(context, input, { kind: 'reopened' }),
};

interface EscalateInput extends ActInput {
  readonly version?: number | undefined;
}

export const escalate: Operation<EscalateInput, Answer> = {
  ...act,
  name: 'incident-escalate',
  summary: 'Makes the next step of its route at once, or the last one again',
  route: 'POST /incidents/{event}/escalate',
  input: z.strictObject({
    ...noted,
    version: z
      .int()
      .min(0)
      .optional()
      .describe('Of the incident as you saw it: if it was escalated since, nothing is done'),
  }),
  async run(context, { version: seen, ...input }) {
    const { db, config } = context;
    const { view } = await knownOf(db, input.event);
    const duty = config.duty && (await currentDuty(db, config.duty));
    let since = seen;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const known = view.id === 0 ? null : await readEscalation(db, view.id);
      const step = known === null ? undefined : nextStep(known, { routes: config.routes, duty });
      if (known === null || step === undefined) throw withoutSteps(input.event);
      const { version } = known;
      since ??= version;
      const isDone = version > since && (await isEscalatedSince(db, known, since));
      if (isDone)
        return { outcome: 'same', incident: fields.shownOf(await knownOf(db, input.event)) };
      const answer = await change(context, input, { kind: 'escalated', step, version });
      // Else it changed in between, and perhaps in another way: that is looked at anew.
      if (answer.outcome !== 'same') return answer;
    }
    throw new ConflictError([refusal('tooMany', { event: input.event })]);
  },
};

/** Each further one means that somebody else changed the incident in between. */
const attemptsMax = 100;

function withoutSteps(event: string): ConflictError {
  return new ConflictError([refusal('noSteps', { event })]);
}

export const remark: Operation<OfEvent & { readonly note: string }, Answer> = {
  ...act,
  name: 'incident-note',
  summary: 'Notes something, and leaves it as it is',
  route: 'POST /incidents/{event}/note',
  input: z.strictObject({ event: fields.event, note: fields.note }),
  run: (context, input) => change(context, input, { kind: 'noted' }),
};

/** Of an acknowledgement whose length somebody names. */
const ackMaxMs = 30 * 86_400_000;
const lengthMinMs = 60_000;

/** @throws {InputError} */
function lengthOf(length: string, maxMs: number): number {
  const ms = duration(length);
  if (ms !== undefined && ms >= lengthMinMs && ms <= maxMs) return ms;
  throw new InputError([refusal('badLength', { max: durationText(maxMs) })]);
}

async function change(
  { db, actor }: OperationContext,
  { event, note }: ActInput,
  wanted: Wanted,
): Promise<Answer> {
  const { view, about } = await knownOf(db, event);
  const outcome = await changeIncident(db, {
    ...{ eventId: view.eventId, wanted, actor: actor.name, via: actor.via },
    ...(note !== undefined && { note }),
  });
  if (outcome === null) throw unknown(event);
  return {
    outcome: outcome.outcome,
    incident: fields.shownOf({ view: outcome.incident, about }),
  };
}

/** @throws {NotFoundError} */
async function knownOf(db: Database, event: string): Promise<KnownIncident> {
  const root = await rootEventOf(db, Number(event));
  const known = root === null ? null : await readIncident(db, root);
  if (known === null) throw unknown(event);
  return known;
}

function unknown(event: string): NotFoundError {
  return new NotFoundError([refusal('eventGone', { event })]);
}
