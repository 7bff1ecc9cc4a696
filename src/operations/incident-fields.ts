// How incidents look to callers: one of a list, one with what happened to it, and the answer to an
// act.
import { z } from 'zod';
import { severityNames } from '../kit/event.ts';
import { type IncidentView, incidentStates } from '../kit/incident.ts';
import type { KnownIncident, ListedIncident } from '../kit/records/incident.ts';
import { validText } from '../kit/text.ts';
import type { Database } from '../store/database.ts';
import { readChanges, readEdits } from '../store/incident-changes.ts';
import { rowId, text, time } from './fields.ts';

const changesMax = 200;

/** An incident is known by its event: the first of the item, whose message shows it. */
export const event = rowId.describe('The event, or any other of the same item');

export const note = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .refine((words) => validText(words) === words, 'has characters that no text may have');

export const state = z.enum(incidentStates);
const severity = z.enum(severityNames);

/** Of an incident, whoever shows it. */
export const incident = z.object({
  event: rowId.describe('Its first event, whose messages show it'),
  state,
  version: z.int().describe('How often it changed; 0: nothing happened yet'),
  severity: severity.describe('The highest that was seen'),
  type: text,
  device: text.nullable().describe('Its name, else its number'),
  itemId: text.nullable().describe('As the vendor’s console shows it'),
  link: text.nullable().describe('To the vendor’s console'),
  by: text.nullable().describe('Who made it what it is; null: nobody'),
  via: text.nullable().describe('Through which door; “vendor”: the vendor, “time”: it ended'),
  changedAt: time.describe('When it became what it is'),
  until: time.nullable().describe('When an acknowledgement or a snooze ends; null: never'),
  note: text.nullable(),
  occurrences: z.int().describe('How often it happened, 1 for once'),
  lastSeenAt: time.nullable().describe('When it happened again'),
  escalatedTo: text.nullable(),
});
export type ShownIncident = z.infer<typeof incident>;

export function shownOf({ view, about }: Pick<KnownIncident, 'view' | 'about'>): ShownIncident {
  const { id: _, eventId, severity: number, ...rest } = view;
  const { type, device = null, itemId = null, link = null } = about;
  return {
    ...rest,
    event: String(eventId),
    severity: severityNames[number],
    ...{ type, device, itemId, link },
  };
}

export const item = incident.extend({
  source: text,
  receivedAt: time.describe('When its first event arrived'),
});

export function itemOf({ id: _, eventId, severity: number, ...rest }: ListedIncident) {
  return { ...rest, event: String(eventId), severity: severityNames[number] };
}

const change = z.object({
  at: time,
  kind: text.describe('acknowledged, snoozed, resolved, reopened, seen_again, severity_raised, …'),
  from: state,
  to: state,
  actor: text,
  via: text,
  note: text.nullable(),
  values: z.record(z.string(), z.string()).describe('Numbers, names and times as text'),
});

const message = z.object({
  sink: text,
  wanted: z.int().describe('The version that the message must show'),
  shown: z.int().describe('The version that it shows; 0: none was shown by an edit'),
  editedAt: time.nullable(),
  state: z
    .enum(['current', 'gone', 'dead'])
    .describe('gone: somebody removed the message; dead: it was given up'),
  reason: text.nullable(),
});

export const history = z.object({
  changes: z.array(change).describe(`The last ${changesMax}, the oldest first`),
  messages: z.array(message).describe('By sink: how far its message shows what happened'),
});

/** @param view of the incident; one that has no row has no history */
export async function readHistory(
  db: Database,
  { id, eventId }: Pick<IncidentView, 'id' | 'eventId'>,
): Promise<z.infer<typeof history>> {
  const [changes, edits] = await Promise.all([
    readChanges(db, id, changesMax),
    readEdits(db, eventId),
  ]);
  return {
    changes: changes.map(({ id: _, values, ...rest }) => ({ ...rest, values: { ...values } })),
    messages: edits.map(({ done, ...rest }) => ({ ...rest, shown: done })),
  };
}

export const answer = z.object({
  outcome: z
    .enum(['changed', 'same', 'taken', 'resolved'])
    .describe(
      'same: it was so already; taken: another person has it; resolved: reopen it first. Only “changed” did something',
    ),
  incident: incident.describe('As it is now: who has it, since when'),
});
