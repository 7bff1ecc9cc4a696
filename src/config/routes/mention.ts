// Reads whom a route, or a step of its escalation, pings: configured text, which must be a mention
// in the syntax of each sink that can mention anybody.
import type { z } from 'zod';
import { severityNames } from '../../kit/event.ts';
import { findDefinition } from '../read/adapters.ts';
import type { RouteInput } from '../read/file.ts';
import { fileValue } from '../read/place.ts';
import { shownName } from '../read/problems.ts';
import type { RouteContent } from '../read/schema/route.ts';
import { isDefined, type Sound } from '../read/sound.ts';
import { severity } from '../read/values.ts';
import type { RoutesContext } from './context.ts';

/** What the route sets for its sinks. */
export interface RouteMention {
  /** The settings of a sink; none if it can mention nobody. */
  of(sink: string): Readonly<Record<string, string>>;
}

/** Undefined: the route says nothing about it. */
export function mentionOf(route: RouteInput, context: RoutesContext): RouteMention | undefined {
  const { place, content } = route;
  const { mention, mention_from, to = [] } = content ?? {};
  const from = context.read(fileValue(mention_from, place, ['mention_from']), severity);
  if (mention === undefined) {
    if (mention_from === undefined) return undefined;
    const problem = 'is written, and no mention is';
    const where = place(['mention_from']);
    context.findings.problems.push({ where, problem, remedy: 'Write whom to mention' });
    return undefined;
  }
  const names = namesOf(mention);
  const sinks = to.flatMap((target) => (typeof target === 'object' ? target.sink : target) ?? []);
  checkMention({ names, sinks, where: place(['mention']) }, context);
  const threshold = from !== undefined && { mention_from: severityNames[from === 0 ? 1 : from] };
  return {
    of: (sink) => {
      const own = ownOf(sink, names, context);
      return own === '' ? {} : { mention: own, ...threshold };
    },
  };
}

/** Those of the names that the sink understands, in its syntax; empty: none. */
function ownOf(sink: string, names: readonly string[], context: RoutesContext): string {
  const schema = mentionSchema(sink, context);
  const own = names.filter((name) => schema?.safeParse(name).success);
  const all = own.join(' ');
  // Some products take one alone.
  return schema?.safeParse(all).success ? all : (own[0] ?? '');
}

export function namesOf(
  mention: Sound<NonNullable<RouteContent['mention']>> | undefined,
): readonly string[] {
  return (typeof mention === 'string' ? [mention] : (mention ?? [])).filter(isDefined);
}

export interface WrittenMention {
  /** Those that are written out. */
  readonly names: readonly string[];
  /** Ids. */
  readonly sinks: readonly string[];
  readonly where: string;
}

/** Reports a mention that none of the sinks understands. */
export function checkMention(
  { names, sinks, where }: WrittenMention,
  context: RoutesContext,
): void {
  if (names.length === 0 || !context.names.sinks.areAll) return;
  const { problems } = context.findings;
  const schemas = sinks.flatMap((sink) => mentionSchema(sink, context) ?? []);
  if (schemas.length === 0) {
    const problem = 'pings nobody: none of these sinks can mention anybody';
    const remedy = 'Remove it, or send to a sink of a type that can';
    problems.push({ where, problem, remedy });
    return;
  }
  for (const name of names) {
    const read = schemas.map((schema) => schema.safeParse(name));
    if (read.some(({ success }) => success)) continue;
    const problem = `${JSON.stringify(shownName(name))} ${read[0]?.error?.issues[0]?.message}`;
    problems.push({ where, problem, remedy: 'Write it in the syntax of the product' });
  }
}

/** How the type of the sink reads a mention; undefined if it can mention nobody. */
function mentionSchema(sink: string, { sinks, sinkTypes }: RoutesContext): z.ZodType | undefined {
  const type = sinks.find(({ id }) => id === sink)?.type;
  const definition = type === undefined ? undefined : findDefinition(sinkTypes, type);
  return definition?.routeSettings?.shape.mention as z.ZodType | undefined;
}
