// What the routes and silences as they are now would do with an event, for the operations that say
// so.
import { z } from 'zod';
import { explain, missWords } from '../core/routing/explain.ts';
import type { EventFacts } from '../core/rules/match.ts';
import { MatcherError, type Silence, silence, tryMatcher } from '../core/silences/index.ts';
import type { StoredSilence } from '../kit/records/silence.ts';
import { misses } from '../kit/records/suppression.ts';
import { readActiveSilences } from '../store/silences.ts';
import { rowId, text, time } from './fields.ts';
import type { OperationContext } from './operation.ts';

export const decision = z.object({
  at: time,
  routes: z
    .array(z.object({ name: text, reason: z.enum(misses).nullable(), words: text }))
    .describe('In their order; the reason is the first condition that does not hold'),
  sinks: z.array(
    z.object({
      id: text,
      state: z.enum(['pending', 'suppressed', 'none']).describe('none: no route names the sink'),
      reason: text.nullable(),
      route: text.nullable(),
      heldBy: z
        .enum(['quiet', 'group'])
        .nullable()
        .describe('It would wait: for the end of quiet hours, or for others like it'),
      silence: z.object({ id: rowId, owner: text, reason: text }).nullable(),
    }),
  ),
});

/** @param at when it would arrive; undefined: now */
export async function decisionOn(
  { db, config }: OperationContext,
  { source, event, at }: { source: string; event: EventFacts; at: string | undefined },
): Promise<z.infer<typeof decision>> {
  const { silences, nowMs } = await readActiveSilences(db, 0);
  const atMs = at === undefined ? nowMs : Date.parse(at);
  const active = silences.flatMap(compiled);
  const { routes, sinks } = explain(
    { routes: config.routes, sinks: config.sinks.map((sink) => sink.id) },
    { source, event, atMs },
    (decisions) => silence(active, decisions, { source, event, atMs }),
  );
  return {
    at: new Date(atMs).toISOString(),
    routes: routes.map(({ name, reason }) => ({
      name,
      reason,
      words: reason === null ? 'takes it' : missWords[reason],
    })),
    sinks: sinks.map(({ silenceId, ...sink }) => ({
      ...sink,
      silence: silenceOf(silences, silenceId),
    })),
  };
}

/** None for a silence that this release cannot read: the service leaves it out as well. */
function compiled({ id, matcher: written, startsAtMs, endsAtMs }: StoredSilence): Silence[] {
  const matcher = tryMatcher(written);
  return matcher instanceof MatcherError ? [] : [{ ...matcher, id, startsAtMs, endsAtMs }];
}

function silenceOf(silences: readonly StoredSilence[], id: number | null) {
  const by = silences.find((one) => one.id === id);
  return by === undefined ? null : { id: String(by.id), owner: by.owner, reason: by.reason };
}
