// Sinks: their states, a pause by an operator, a sample to try one out.
import { z } from 'zod';
import { AdapterError } from '../kit/errors.ts';
import { createMask } from '../kit/mask.ts';
import type { Pause } from '../kit/records/control.ts';
import { refusal } from '../kit/refusals.ts';
import { endPause } from '../store/controls.ts';
import { listPlaces } from '../store/sinks.ts';
import { name, text } from './fields.ts';
import { ConflictError, type Operation, type OperationContext } from './operation.ts';
import {
  assertKnown,
  beginPause,
  type PauseInput,
  pauseFields,
  pauseOf,
  shownPause,
} from './pause.ts';

const target = ({ sink }: { readonly sink: string }) => `sink:${sink}`;
const before = async ({ db }: OperationContext, input: { readonly sink: string }) => ({
  pause: await pauseOf(db, target(input)),
});
const committed = ({ controls }: OperationContext) => controls?.changed();

/** Those of the configuration, and those that ever were worked here. */
async function knownSinks({ db, config }: OperationContext): Promise<string[]> {
  const places = await listPlaces(db);
  return [...new Set([...config.sinks, ...places].map(({ id }) => id))];
}

interface SinkPauseInput extends PauseInput {
  readonly sink: string;
}

interface Paused {
  readonly sink: string;
  readonly pause: Pause;
  readonly warnings: readonly string[];
}

export const pause: Operation<SinkPauseInput, Paused> = {
  name: 'sink-pause',
  summary: 'Sends nothing to a sink until a time, and keeps everything',
  input: z.strictObject({ sink: name, ...pauseFields }),
  output: z.object({
    sink: text,
    pause: shownPause,
    warnings: z.array(text).describe('What the pause means beyond this sink'),
  }),
  permission: 'operate',
  route: 'POST /sinks/{sink}/pause',
  target,
  before,
  committed,
  async run(context, { sink, ...input }) {
    assertKnown('sink', sink, await knownSinks(context));
    const begun = await beginPause(context, target({ sink }), input);
    return { sink, pause: begun, warnings: await warningsOf(context) };
  },
};

/** Notices about Tocsin itself must reach somebody. */
async function warningsOf({ db, config }: OperationContext): Promise<string[]> {
  const listeners =
    config.operations.length > 0 ? config.operations : config.sinks.map(({ id }) => id);
  const pauses = await Promise.all(listeners.map((id) => pauseOf(db, target({ sink: id }))));
  if (listeners.length === 0 || pauses.includes(null)) return [];
  return [
    `Every sink that gets notices about Tocsin itself is paused now (${listeners.join(', ')}): nobody hears of failures until one goes on.`,
  ];
}

interface Resumed {
  readonly sink: string;
  readonly ended: Pause | null;
}

export const resume: Operation<{ readonly sink: string }, Resumed> = {
  name: 'sink-resume',
  summary: 'Ends the pause of a sink: what waits goes out, the most urgent first',
  input: z.strictObject({ sink: name }),
  output: z.object({
    sink: text,
    ended: shownPause.nullable().describe('The pause that ended; null: there was none'),
  }),
  permission: 'operate',
  route: 'POST /sinks/{sink}/resume',
  target,
  before,
  committed,
  async run(context, { sink }) {
    assertKnown('sink', sink, await knownSinks(context));
    return { sink, ended: await endPause(context.db, target({ sink })) };
  },
};

/** Less than the HTTP server lets an answer take. */
const testMs = 8000;

interface Tested {
  readonly sink: string;
  readonly isAccepted: boolean;
  readonly problem: string | null;
  readonly tookMs: number;
}

export const test: Operation<{ readonly sink: string }, Tested> = {
  name: 'sink-test',
  summary: 'Posts a sample card to a sink, whether or not it is paused',
  input: z.strictObject({ sink: name }),
  output: z.object({
    sink: text,
    isAccepted: z.boolean(),
    problem: text.nullable().describe('Why it was not accepted, and what to do; null: it was'),
    tookMs: z.int(),
  }),
  permission: 'operate',
  route: 'POST /sinks/{sink}/test',
  target,
  callsFarEnd: true,
  async run({ config, farEnds }, { sink }) {
    assertKnown(
      'sink',
      sink,
      config.sinks.map(({ id }) => id),
    );
    if (farEnds === undefined) throw new ConflictError([refusal('callsNoSink')]);
    const beganMs = performance.now();
    const problem = await farEnds.testSink(sink, testMs).then(
      () => null,
      (error: unknown) => problemOf(error),
    );
    const tookMs = Math.round(performance.now() - beganMs);
    const masked = problem && createMask(config.secrets)(problem);
    return { sink, isAccepted: problem === null, problem: masked, tookMs };
  },
};

function problemOf(error: unknown): string {
  if (error instanceof AdapterError) return error.message;
  const isLate = error instanceof Error && /Timeout|Abort/.test(error.name);
  if (isLate) return `it gave no answer within ${testMs / 1000} seconds`;
  throw error;
}
