// Silences: made, listed, ended.
import { z } from 'zod';
import {
  addSilences,
  type SilenceRequest,
  type Silencing,
  type SilencingRules,
} from '../core/silences/add.ts';
import type { EndedSilence, ListedSilence } from '../kit/records/silence.ts';
import { endSilence, listSilences } from '../store/silences.ts';
import { id, listLimit, objectOf, text } from './fields.ts';
import type { Operation } from './operation.ts';

const matcher = objectOf<Readonly<Record<string, unknown>>>();

const request = z.strictObject({
  matcher,
  owner: text,
  reason: text,
  startsAtMs: z.number().nullable(),
  endsAtMs: z.number().nullable(),
  forMs: z.number().nullable(),
});

const rules = z.strictObject({
  maxMs: z.number(),
  sources: z.array(text),
  isEverythingAllowed: z.boolean(),
});

const added = z.object({
  id,
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  mayCoverCritical: z.boolean(),
  preview: z.object({ looked: z.number(), isCut: z.boolean(), severities: z.array(z.number()) }),
});

interface AddInput {
  readonly silencing: {
    readonly requests: readonly SilenceRequest[];
    readonly rules: SilencingRules;
  };
}

export const add: Operation<AddInput, Silencing> = {
  name: 'silence-add',
  summary: 'Makes silences, all of them or none, and says what they would have hidden',
  input: z.strictObject({ silencing: z.strictObject({ requests: z.array(request), rules }) }),
  output: z.union([
    z.object({ added: z.array(added) }),
    z.object({ refused: z.array(z.object({ index: z.number(), problem: text })) }),
  ]),
  permission: 'operate',
  run: ({ db }, { silencing }) => addSilences(db, silencing.requests, silencing.rules),
};

interface ListInput {
  /** Also those that are over. */
  readonly all?: boolean | undefined;
  readonly limit?: number | undefined;
}

export const list: Operation<ListInput, readonly ListedSilence[]> = {
  name: 'silence-list',
  summary: 'What is silenced, the newest first',
  input: z.strictObject({ all: z.boolean().optional(), limit: listLimit.optional() }),
  output: z.array(
    z.object({
      id,
      matcher,
      owner: text,
      reason: text,
      startsAtMs: z.number(),
      endsAtMs: z.number(),
      state: z.enum(['active', 'waiting', 'over']),
      hidden: z.number(),
    }),
  ),
  permission: 'read',
  run: ({ db }, { all = false, limit = 100 }) => listSilences(db, all, limit),
};

export const end: Operation<{ readonly silence: number; readonly owner: string }, EndedSilence> = {
  name: 'silence-end',
  summary: 'Ends a silence of this owner',
  input: z.strictObject({ silence: id, owner: text }),
  output: z.enum(['ended', 'unknown', 'over', 'other_owner']),
  permission: 'operate',
  run: ({ db }, { silence, owner }) => endSilence(db, silence, owner),
};
