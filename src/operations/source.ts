// How far each source was read, what is done when its tenant or its id changed, and a pause by an
// operator.
import { z } from 'zod';
import type { Pause } from '../kit/records/control.ts';
import type { StoredPosition } from '../kit/records/position.ts';
import { refusal } from '../kit/refusals.ts';
import { askForPoll, endPause } from '../store/controls.ts';
import {
  adoptConsole,
  listPositions,
  readPosition,
  removeSource,
  resetSource,
} from '../store/cursors.ts';
import { takePosition } from '../store/take-position.ts';
import { name, text, time } from './fields.ts';
import {
  ConflictError,
  InputError,
  NotFoundError,
  type Operation,
  type OperationContext,
} from './operation.ts';
import {
  assertKnown,
  beginPause,
  type PauseInput,
  pauseFields,
  pauseOf,
  shownPause,
} from './pause.ts';
import { isPushed } from './pushed.ts';

interface BySource {
  readonly source: string;
}

const target = ({ source }: BySource) => `source:${source}`;
const beforePause = async ({ db }: OperationContext, input: BySource) => ({
  pause: await pauseOf(db, target(input)),
});
const committed = ({ controls }: OperationContext) => controls?.changed();

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
  /** The id again. */
  readonly confirm?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** Of the source as it is configured; absent: as the process that is asked has it. */
  readonly console?: string | null | undefined;
}

interface Reset {
  readonly source: string;
  readonly isDone: boolean;
  readonly cursor: string | null;
  readonly generation: number;
  readonly meaning: string;
}

export const reset: Operation<ResetInput, Reset> = {
  name: 'source-reset',
  summary: 'Starts a source anew: for a tenant that was rebuilt',
  input: z.strictObject({
    source: name,
    confirm: text.optional().describe('The id of the source again; not needed for a dry run'),
    dryRun: z.boolean().optional().describe('Only says what would happen'),
    console: text
      .nullish()
      .describe('What the source reads as it is configured; absent: as this service has it'),
  }),
  output: z.object({
    source: text,
    isDone: z.boolean(),
    cursor: text.nullable().describe('How far it was read before; null: nothing was read'),
    generation: z.int().describe('How often its numbers began anew, with this time'),
    meaning: text.describe('What is read and announced again'),
  }),
  permission: 'admin',
  route: 'POST /sources/{source}/reset',
  target,
  before: async ({ db }, { source }) => (await readPosition(db, source)) ?? null,
  isRehearsal: ({ dryRun = false }) => dryRun,
  committed,
  async run({ db, farEnds }, input) {
    const { source, confirm, dryRun = false } = input;
    if (!dryRun && confirm !== source) throw new InputError([refusal('resetConfirm', { source })]);
    const position = await readPosition(db, source);
    const console = input.console ?? farEnds?.source(source)?.console;
    if (position === undefined && console === undefined)
      throw new NotFoundError([refusal('sourceUnread', { source })]);
    const { cursor = null, generation = 0 } = position ?? {};
    const answer = { source, cursor, meaning: resetMeaning };
    if (dryRun) return { ...answer, isDone: false, generation: generation + 1 };
    const begun = await resetSource(db, source, console);
    return { ...answer, isDone: true, generation: begun ?? generation + 1 };
  },
};

const resetMeaning =
  'The source begins again at its start_from (START_FROM): what the console shows from there on is ' +
  'read, stored and announced again, under a new generation. What is stored stays.';

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

/** Those of the configuration, and those that were ever read here. */
async function knownSources({ db, config }: OperationContext): Promise<string[]> {
  const positions = await listPositions(db);
  const ids = [...config.sources.map(({ id }) => id), ...positions.map(({ source }) => source)];
  return [...new Set(ids)];
}

interface SourcePauseInput extends PauseInput {
  readonly source: string;
}

export const pause: Operation<SourcePauseInput, { source: string; pause: Pause }> = {
  name: 'source-pause',
  summary: 'Reads nothing of a source until a time',
  input: z.strictObject({ source: name, ...pauseFields }),
  output: z.object({ source: text, pause: shownPause }),
  permission: 'operate',
  route: 'POST /sources/{source}/pause',
  target,
  before: beforePause,
  committed,
  async run(context, { source, ...input }) {
    assertKnown('source', source, await knownSources(context));
    return { source, pause: await beginPause(context, target({ source }), input) };
  },
};

export const resume: Operation<BySource, { source: string; ended: Pause | null }> = {
  name: 'source-resume',
  summary: 'Ends the pause of a source, and reads it at once',
  input: z.strictObject({ source: name }),
  output: z.object({
    source: text,
    ended: shownPause.nullable().describe('The pause that ended; null: there was none'),
  }),
  permission: 'operate',
  route: 'POST /sources/{source}/resume',
  target,
  before: beforePause,
  committed,
  async run(context, { source }) {
    assertKnown('source', source, await knownSources(context));
    return { source, ended: await endPause(context.db, target({ source })) };
  },
};

export const poll: Operation<BySource, { source: string; askedAt: string }> = {
  name: 'source-poll',
  summary: 'Reads a source now, even while it backs off',
  input: z.strictObject({ source: name }),
  output: z.object({
    source: text,
    askedAt: time.describe('The process that reads the source sees it within seconds'),
  }),
  permission: 'operate',
  route: 'POST /sources/{source}/poll',
  target,
  committed,
  async run(context, { source }) {
    assertKnown('source', source, await knownSources(context));
    if (isPushed(context.config, source))
      throw new ConflictError([refusal('sourcePushed', { source })]);
    const paused = await pauseOf(context.db, target({ source }));
    if (paused !== null)
      throw new ConflictError([refusal('sourcePaused', { by: paused.by, until: paused.until })]);
    return { source, askedAt: await askForPoll(context.db, target({ source })) };
  },
};
