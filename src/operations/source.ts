// How far each source was read, and what is done when its tenant or its id changed.
import { z } from 'zod';
import type { StoredPosition } from '../kit/records/position.ts';
import { adoptConsole, listPositions, removeSource, resetSource } from '../store/cursors.ts';
import { takePosition } from '../store/take-position.ts';
import { name, text } from './fields.ts';
import type { Operation } from './operation.ts';

const formerName = z.object({ source: text, generation: z.number(), until: z.number() });

const position = z.object({
  source: text,
  cursor: text.nullable(),
  generation: z.number(),
  console: text.nullable(),
  former: z.object({ generation: z.number(), names: z.array(formerName) }).nullable(),
  updatedAt: text,
});

export const list: Operation<Record<never, never>, readonly StoredPosition[]> = {
  name: 'source-list',
  summary: 'How far each source was read',
  input: z.strictObject({}),
  output: z.array(position),
  permission: 'read',
  run: ({ db }) => listPositions(db),
};

interface ResetInput {
  readonly source: string;
  /** Of the source as it is configured; without it a source that was never read stays unknown. */
  readonly console?: string | null | undefined;
}

export const reset: Operation<ResetInput, number | null> = {
  name: 'source-reset',
  summary: 'Starts a source anew, and says its generation; null if it was never read',
  input: z.strictObject({ source: name, console: text.nullish() }),
  output: z.number().nullable(),
  permission: 'admin',
  run: async ({ db }, { source, console }) =>
    (await resetSource(db, source, console ?? undefined)) ?? null,
};

interface RenameInput {
  readonly source: string;
  readonly to: string;
  /** Of `to` as it is configured. */
  readonly console?: string | null | undefined;
}

/** `held`: a live process reads it; `lost`: it was never read. */
type Renamed = 'done' | 'held' | 'lost';

export const rename: Operation<RenameInput, Renamed> = {
  name: 'source-rename',
  summary: 'Gives the position of a source to another id',
  input: z.strictObject({ source: name, to: name, console: text.nullish() }),
  output: z.enum(['done', 'held', 'lost']),
  permission: 'admin',
  async run({ db }, { source: from, to, console = null }) {
    const taken = await takePosition(db, null, { from, to, console });
    return typeof taken === 'string' ? taken : 'done';
  },
};

export const adopt: Operation<{ readonly source: string; readonly console: string }, boolean> = {
  name: 'source-adopt',
  summary: 'Says that the position of a source counts for this console; false if it was never read',
  input: z.strictObject({ source: name, console: name }),
  output: z.boolean(),
  permission: 'admin',
  run: ({ db }, { source, console }) => adoptConsole(db, source, console),
};

export const remove: Operation<{ readonly source: string }, boolean> = {
  name: 'source-remove',
  summary: 'Forgets how far a source was read; false if it was never read',
  input: z.strictObject({ source: name }),
  output: z.boolean(),
  permission: 'admin',
  run: ({ db }, { source }) => removeSource(db, source),
};
