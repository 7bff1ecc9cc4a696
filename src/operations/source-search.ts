// What the far end of a source holds now: a search, and one item beside what was stored of it.

import { z } from 'zod';
import { AdapterError } from '../kit/errors.ts';
import {
  type EventBody,
  type EventDraft,
  type Severity,
  type SeverityName,
  severityNames,
} from '../kit/event.ts';
import { createMask } from '../kit/mask.ts';
import { refusal } from '../kit/refusals.ts';
import type { PollSource } from '../kit/source.ts';
import { readEvent } from '../store/history.ts';
import { storedItems } from '../store/items.ts';
import { readNowMs } from '../store/silences.ts';
import { cursorOf, keyOf } from './cursor.ts';
import { type Difference, differencesOf } from './differences.ts';
import { cursor, name, objectOf, rowId, text, time } from './fields.ts';
import {
  ConflictError,
  NotFoundError,
  type Operation,
  type OperationContext,
} from './operation.ts';
import { assertKnown } from './pause.ts';

/** Less than the HTTP server lets an answer take. */
const answerMs = 8000;
const dayMs = 86_400_000;

const facts = {
  externalId: text.describe('The vendor’s number of the item'),
  stream: text,
  type: text,
  severity: z.enum(severityNames),
  status: text.nullable(),
  action: text.nullable(),
  occurredAt: text.nullable(),
  body: objectOf<EventBody>().meta({ type: 'object', description: 'As its source reads it' }),
};

interface Facts
  extends Pick<
    EventDraft,
    'externalId' | 'stream' | 'type' | 'status' | 'action' | 'occurredAt' | 'body'
  > {
  readonly severity: SeverityName;
}

function factsOf(draft: Omit<Facts, 'severity'> & { readonly severity: Severity }): Facts {
  const { externalId, stream, type, severity, status, action, occurredAt, body } = draft;
  const named = severityNames[severity];
  return { externalId, stream, type, severity: named, status, action, occurredAt, body };
}

const problem = text
  .nullable()
  .describe('Why the far end did not answer, and what to do; null: it did');

interface SearchInput {
  readonly source: string;
  readonly hash?: string | undefined;
  readonly path?: string | undefined;
  readonly device?: string | undefined;
  readonly tenant?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly severities?: readonly SeverityName[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly cursor?: string | undefined;
}

interface FoundItem extends Facts {
  /** Tocsin's number of it. */
  readonly event: string | null;
}

interface Found {
  readonly items: readonly FoundItem[];
  readonly next: string | null;
  readonly problem: string | null;
}

const wanted = text.min(1).max(1000).optional();
const words = z.array(text.min(1).max(100)).min(1).max(50).optional();

export const search: Operation<SearchInput, Found> = {
  name: 'source-search',
  summary: 'What the far end of a source holds now, the oldest first, a page at a time',
  route: 'POST /sources/{source}/search',
  input: z.strictObject({
    source: name,
    hash: wanted,
    path: wanted,
    device: wanted.describe('The vendor’s number of the device'),
    tenant: wanted,
    types: words,
    statuses: words,
    actions: words,
    severities: z.array(z.enum(severityNames)).min(1).max(6).optional(),
    since: time.optional().describe('When the far end got it; default: 30 days ago'),
    until: time.optional(),
    cursor,
  }),
  output: z.object({
    items: z.array(
      z.object({ ...facts, event: rowId.nullable().describe('Null: it is not stored here') }),
    ),
    next: text.nullable().describe('The cursor of the next page; null: there is none'),
    problem,
  }),
  permission: 'read',
  async run(context, { source, cursor, since, until, severities, ...filters }) {
    const search = farEndOf(context, source, 'search');
    const marks = { source, since, until, severities, ...filters };
    const after = keyOf(cursor, marks, text);
    const sinceMs =
      since === undefined ? (await readNowMs(context.db)) - 30 * dayMs : Date.parse(since);
    const span = { sinceMs, untilMs: until === undefined ? undefined : Date.parse(until) };
    const numbers = severities?.map((one) => severityNames.indexOf(one) as Severity);
    const answer = await answered(context, (signal) =>
      search({ ...filters, severities: numbers, ...span, after }, signal),
    );
    if ('problem' in answer) return { items: [], next: null, problem: answer.problem };
    const { items, next } = answer.value;
    const known = await storedItems(
      context.db,
      source,
      items.map(({ externalId }) => externalId),
    );
    return {
      items: items.map((item) => {
        const id = known.get(item.externalId);
        return { ...factsOf(item), event: id === undefined ? null : String(id) };
      }),
      next: next === null ? null : cursorOf(next, marks),
      problem: null,
    };
  },
};

interface ItemInput {
  readonly source: string;
  readonly item: string;
}

interface StoredFacts extends Facts {
  readonly event: string;
  readonly receivedAt: string;
}

interface ShownItem {
  readonly now: (Facts & { readonly raw: string | null }) | null;
  readonly problem: string | null;
  readonly stored: StoredFacts | null;
  readonly differences: readonly Difference[];
}

/** In characters; a longer one is not shown. */
const rawMax = 1_000_000;

export const item: Operation<ItemInput, ShownItem> = {
  name: 'source-item',
  summary: 'One item as the far end of a source holds it now, beside what was stored of it',
  route: 'GET /sources/{source}/items/{item}',
  input: z.strictObject({
    source: name,
    item: text.min(1).max(200).describe('The vendor’s number of the item'),
  }),
  output: z.object({
    now: z
      .object({
        ...facts,
        raw: text.nullable().describe('As the far end gave it; null: it is too long to show'),
      })
      .nullable()
      .describe('Null: the far end has none of this number, or did not answer'),
    problem,
    stored: z
      .object({ ...facts, event: rowId, receivedAt: text })
      .nullable()
      .describe('Null: it is not stored here, or no longer'),
    differences: z
      .array(z.object({ field: text, stored: text.nullable(), now: text.nullable() }))
      .describe('Where the two differ; none if one of them is missing'),
  }),
  permission: 'read',
  async run(context, { source, item: id }) {
    const ask = farEndOf(context, source, 'item');
    const answer = await answered(context, (signal) => ask(id, signal));
    const now = 'problem' in answer ? undefined : answer.value;
    const event = await readEvent(context.db, { source, externalId: id });
    const problem = 'problem' in answer ? answer.problem : null;
    if (now === undefined && event === null && problem === null)
      throw new NotFoundError([refusal('itemGone', { source, item: id })]);
    const stored = event && { ...factsOf(event), externalId: id };
    return {
      now: now === undefined ? null : shownNow(now),
      problem,
      stored: event &&
        stored && { ...stored, event: String(event.id), receivedAt: event.receivedAt },
      differences: stored && now ? differencesOf(stored, factsOf(now)) : [],
    };
  },
};

function shownNow(draft: EventDraft): Facts & { raw: string | null } {
  return { ...factsOf(draft), raw: draft.raw.length > rawMax ? null : draft.raw };
}

/** What the source can do for people. @throws {NotFoundError} {ConflictError} */
function farEndOf<Method extends 'search' | 'item'>(
  { config, farEnds }: OperationContext,
  id: string,
  method: Method,
): NonNullable<PollSource[Method]> {
  assertKnown(
    'source',
    id,
    config.sources.map((one) => one.id),
  );
  const source = farEnds?.source(id);
  if (source === undefined) throw new ConflictError([refusal('callsNoSource')]);
  const call = source[method];
  if (call === undefined) throw new ConflictError([refusal('sourceAnswersNone', { source: id })]);
  return call.bind(source) as NonNullable<PollSource[Method]>;
}

/** The answer within the time, or why there is none, without a secret. */
async function answered<Value>(
  { config }: OperationContext,
  ask: (signal: AbortSignal) => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly problem: string }> {
  const signal = AbortSignal.timeout(answerMs);
  try {
    return { value: await ask(signal) };
  } catch (error) {
    if (signal.aborted)
      return { problem: `It gave no answer within ${answerMs / 1000} seconds. Try again later.` };
    if (!(error instanceof AdapterError)) throw error;
    return { problem: createMask(config.secrets)(error.message) };
  }
}
