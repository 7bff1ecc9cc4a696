// Silences: tried, made, listed, extended, ended.
import { z } from 'zod';
import { addSilences, matcherProblems } from '../core/silences/add.ts';
import { extensionProblem } from '../core/silences/extend.ts';
import { tryMatcher, type WrittenMatcher } from '../core/silences/index.ts';
import { dayMs, preview as previewOf } from '../core/silences/preview.ts';
import { coversEverything, mayCoverCritical } from '../core/silences/scope.ts';
import { duration } from '../kit/duration.ts';
import {
  type ListedSilence,
  type SilenceRefusal,
  type SilenceState,
  silenceStates,
} from '../kit/records/silence.ts';
import { type Refusal, refusal } from '../kit/refusals.ts';
import type { Database } from '../store/database.ts';
import {
  endSilence,
  extendSilence,
  listSilences,
  readNowMs,
  readSilences,
} from '../store/silences.ts';
import { cursorOf, keyOf } from './cursor.ts';
import { cursor, type Page, pageDefault, pageLimit, pageOf, rowId, text } from './fields.ts';
import {
  ChangedError,
  ConflictError,
  InputError,
  NotFoundError,
  type Operation,
  type OperationContext,
} from './operation.ts';
import * as fields from './silence-fields.ts';

interface PreviewInput {
  readonly matcher: WrittenMatcher;
  readonly days?: number | undefined;
}

interface Tried extends fields.Hiding {
  readonly hidesCritical: boolean;
  readonly coversEverything: boolean;
}

export const preview: Operation<PreviewInput, Tried> = {
  name: 'silence-preview',
  summary: 'What a silence would have hidden of the last days',
  route: 'POST /silences/preview',
  input: z.strictObject({
    matcher: fields.matcher,
    days: z.int().min(1).max(30).meta({ default: 7 }).optional().describe('How far back'),
  }),
  output: fields.hiding.extend({
    hidesCritical: z.boolean().describe('It may hide events of severity CRITICAL'),
    coversEverything: z.boolean().describe('It matches every event; a silence must ask for that'),
  }),
  permission: 'read',
  async run(context, { matcher: written, days = 7 }) {
    const matcher = tryMatcher(written);
    const rules = fields.rulesOf(context, true);
    const problems = matcherProblems(matcher, rules);
    if (matcher instanceof Error || problems.length > 0)
      throw new InputError(problems.map((problem) => named(problem, 'The silence')));
    const [hidden] = await previewOf(context.db, [matcher], days * dayMs);
    return {
      ...fields.hidingOf(hidden!),
      hidesCritical: mayCoverCritical(matcher),
      coversEverything: coversEverything(matcher, rules.sources),
    };
  },
};

/** @param silence what English calls it */
function named({ code, values }: Refusal, silence: string): Refusal {
  return refusal(code, { ...values, silence });
}

interface AddInput {
  readonly silences: readonly fields.WrittenSilence[];
  readonly isEverythingMeant?: boolean | undefined;
}

interface Added {
  readonly added: readonly fields.ShownAdded[];
}

export const add: Operation<AddInput, Added> = {
  name: 'silence-add',
  summary: 'Makes silences, all of them or none, and says what they would have hidden',
  route: 'POST /silences',
  input: z.strictObject({
    silences: z.array(fields.request).min(1).max(100),
    isEverythingMeant: z
      .boolean()
      .optional()
      .describe('True: a silence may match every event; else it is refused'),
  }),
  output: z.object({ added: z.array(fields.shownAdded).describe('In the order of the input') }),
  permission: 'operate',
  async run(context, { silences, isEverythingMeant = false }) {
    const { db, actor } = context;
    const requests = silences.map((written) => fields.requestOf(written, actor.name));
    const rules = fields.rulesOf(context, isEverythingMeant);
    const result = await addSilences(db, requests, rules);
    if ('refused' in result) {
      const name = (index: number) =>
        requests.length > 1 ? `silence ${index + 1}` : 'the silence';
      throw new InputError(result.refused.map(({ index, problem }) => named(problem, name(index))));
    }
    const stored = await readSilences(
      db,
      result.added.map(({ id }) => id),
    );
    const byId = new Map(stored.map((one) => [one.id, one]));
    return { added: result.added.map((one) => fields.shownAddedOf(one, byId.get(one.id)!)) };
  },
};

interface ListInput {
  readonly states?: readonly SilenceState[] | undefined;
  readonly owner?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export const list: Operation<ListInput, Page<fields.ShownSilence>> = {
  name: 'silence-list',
  summary: 'What is silenced, the newest first',
  route: 'GET /silences',
  input: z.strictObject({
    states: z
      .array(z.enum(silenceStates))
      .min(1)
      .max(silenceStates.length)
      .optional()
      .describe('Default: active and pending'),
    owner: text.optional().describe('Only those of this owner'),
    cursor,
    limit: pageLimit,
  }),
  output: pageOf(fields.shown),
  permission: 'read',
  async run({ db }, { states = ['active', 'pending'], owner, cursor, limit = pageDefault }) {
    const filters = { states, owner };
    const beforeId = keyOf(cursor, filters, z.int());
    const rows = await listSilences(db, {
      ...{ states, beforeId, limit: limit + 1 },
      owner: owner ?? null,
    });
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? cursorOf(page.at(-1)!.id, filters) : null;
    return { items: page.map(fields.shownOf), next };
  },
};

export const show: Operation<{ readonly silence: string }, fields.ShownSilence> = {
  name: 'silence-show',
  summary: 'One silence',
  route: 'GET /silences/{silence}',
  input: z.strictObject({ silence: rowId }),
  output: fields.shown,
  permission: 'read',
  async run({ db }, { silence }) {
    const [stored] = await readSilences(db, [Number(silence)]);
    if (stored === undefined) throw refusalOf(silence, 'unknown');
    return fields.shownOf(stored);
  },
};

const target = ({ silence }: { readonly silence: string }) => `silence:${silence}`;

async function before(
  { db }: OperationContext,
  { silence }: { readonly silence: string },
): Promise<fields.ShownSilence | null> {
  const [stored] = await readSilences(db, [Number(silence)]);
  return stored === undefined ? null : fields.shownOf(stored);
}

const guard = {
  version: text.optional().describe('Only if it is still of this version'),
};

interface ExtendInput extends fields.Until {
  readonly silence: string;
  readonly version?: string | undefined;
}

export const extend: Operation<ExtendInput, fields.ShownSilence> = {
  name: 'silence-extend',
  summary: 'Lets a silence last longer',
  route: 'POST /silences/{silence}/extend',
  input: z
    .strictObject({
      silence: rowId,
      endsAt: fields.until.endsAt,
      for: fields.until.for.describe('From now on, such as 30m, 2h or 1d; in place of "endsAt"'),
      ...guard,
    })
    .refine(fields.hasOneEnd, fields.oneEnd),
  output: fields.shown,
  permission: 'operate',
  target,
  before,
  async run({ db, config }, { silence, endsAt, for: length, version = null }) {
    const nowMs = await readNowMs(db);
    const endsAtMs = endsAt === undefined ? nowMs + duration(length!)! : Date.parse(endsAt);
    const [stored] = await readSilences(db, [Number(silence)]);
    if (stored === undefined) throw refusalOf(silence, 'unknown');
    if (version !== null && version !== stored.version) throw refusalOf(silence, 'changed');
    const problem = extensionProblem(stored, { endsAtMs, nowMs, maxMs: config.silenceMaxMs });
    if (problem !== undefined) throw new ConflictError([problem]);
    const refused = await extendSilence(db, stored.id, {
      ...{ endsAtMs, owner: null },
      // What was judged is what is changed.
      version: stored.version,
    });
    return changed(db, silence, refused);
  },
};

interface EndInput {
  readonly silence: string;
  readonly owner?: string | undefined;
  readonly version?: string | undefined;
}

export const end: Operation<EndInput, fields.ShownSilence> = {
  name: 'silence-end',
  summary: 'Ends a silence now, whoever made it',
  route: 'POST /silences/{silence}/end',
  input: z.strictObject({
    silence: rowId,
    owner: text.optional().describe('Only if it is of this owner'),
    ...guard,
  }),
  output: fields.shown,
  permission: 'operate',
  target,
  before,
  async run({ db }, { silence, owner = null, version = null }) {
    return changed(db, silence, await endSilence(db, Number(silence), { owner, version }));
  },
};

/** The silence as it is now. @throws {NotFoundError} {ConflictError} */
async function changed(
  db: Database,
  silence: string,
  reason: SilenceRefusal | undefined,
): Promise<fields.ShownSilence> {
  const [stored] = await readSilences(db, [Number(silence)]);
  if (reason !== undefined) throw refusalOf(silence, reason, stored);
  if (stored === undefined) throw refusalOf(silence, 'unknown');
  return fields.shownOf(stored);
}

function refusalOf(silence: string, reason: SilenceRefusal, stored?: ListedSilence): Error {
  const [Refused, code] = refused[reason];
  const owner = JSON.stringify(stored?.owner ?? '');
  return new Refused([refusal(code, { id: silence, ...(reason === 'other_owner' && { owner }) })]);
}

const refused = {
  unknown: [NotFoundError, 'silenceGone'],
  over: [ConflictError, 'silenceEnded'],
  other_owner: [ConflictError, 'silenceOthers'],
  changed: [ChangedError, 'silenceChanged'],
} as const satisfies Readonly<Record<SilenceRefusal, unknown>>;
