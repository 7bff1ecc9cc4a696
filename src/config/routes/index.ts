// Makes the routes of a configuration: those of tocsin.yaml, or one that sends everything to every
// sink.
import { priorityOf, type Route } from '../../core/routing/index.ts';
import { asksForChanges } from '../../core/rules/comparisons.ts';
import { compileExpression, ExpressionError } from '../../core/rules/expression.ts';
import { compileGlob } from '../../core/rules/glob.ts';
import { parseNetwork } from '../../core/rules/network.ts';
import { isWithin } from '../../core/rules/schedule.ts';
import { changeStream } from '../../kit/event.ts';
import { expressionProblem } from '../read/expression-problem.ts';
import type { RouteInput } from '../read/file.ts';
import { intervalsOf, parsedAll } from '../read/intervals.ts';
import { checkNames } from '../read/names.ts';
import { fileValue, type Path, type Place, placeUnder } from '../read/place.ts';
import type { RouteContent } from '../read/schema/route.ts';
import { hasGap, isDefined, type Sound } from '../read/sound.ts';
import { severity } from '../read/values.ts';
import type { RoutesContext } from './context.ts';
import { escalationOf, stepSinksOf } from './escalate.ts';
import { groupPolicyOf } from './groups.ts';
import { idsOf, targetsOf } from './targets.ts';

export type { RoutesContext } from './context.ts';

/** The routes that are right; the problems of the others go to the findings. */
export function makeRoutes(context: RoutesContext): Route[] {
  const { written, minSeverity, sinks } = context;
  if (written === undefined)
    return [{ name: 'default', minSeverity, to: sinks.map((sink) => sink.id) }];
  const routes = written.flatMap((input) => {
    const route = routeOf(input, context);
    return input.content === undefined || hasGap(input.content) ? [] : [route];
  });
  reportRepeatedNames(written, context);
  warnOfIdleSinks(written, context);
  return routes;
}

function routeOf(input: RouteInput, context: RoutesContext): Route {
  const { name = '', repeats, changes, continue: isContinued } = input.content ?? {};
  checkReferences(input, context);
  const { to, settings, templates } = targetsOf(input, context);
  const group = groupPolicyOf(input, context);
  const escalate = escalationOf(input, context);
  return {
    name,
    ...matchOf(input, context),
    ...timesOf(input, context),
    when: whenOf(input, context),
    ...(takesChanges(input) && { takesChanges: true }),
    to,
    ...(settings.size > 0 && { settings }),
    ...(templates.size > 0 && { templates }),
    ...(group && { group }),
    ...quietOf(input, context),
    ...(escalate && { escalate }),
    ...(repeats === false && { isFirstOnly: true }),
    ...(changes === 'post' && { areChangesPosted: true }),
    ...(isContinued === false && { isLast: true }),
  };
}

function checkReferences(input: RouteInput, { names, findings }: RoutesContext): void {
  const { place } = input;
  const { match } = input.content ?? {};
  const lists: [Path, Pick<NonNullable<typeof match>, 'sources'> | undefined][] = [
    [['match', 'sources'], match],
    ...(match?.not ?? []).map((one, index): (typeof lists)[number] => [
      ['match', 'not', index, 'sources'],
      one,
    ]),
  ];
  for (const [path, criteria] of lists)
    checkNames({ written: criteria?.sources, place, path }, names.sources, findings);
  checkNames({ written: idsOf(input), place, path: ['to'] }, names.sinks, findings);
}

function matchOf({ content, place }: RouteInput, context: RoutesContext) {
  const { match } = content ?? {};
  const { minSeverity = context.minSeverity, ...criteria } = criteriaOf(
    match,
    placeUnder(place, ['match']),
    context,
  );
  const not = match?.not?.map((written, index) => {
    const placeHere = placeUnder(place, ['match', 'not', index]);
    const { minSeverity: from = 0, ...others } = criteriaOf(written, placeHere, context);
    return { minSeverity: from, ...others };
  });
  return { minSeverity, ...criteria, ...(not && { not }) };
}

type Criteria = Sound<Omit<NonNullable<RouteContent['match']>, 'not'>>;

/** @param place of `written` */
function criteriaOf(
  written: Criteria | undefined,
  place: Place,
  { read, findings }: RoutesContext,
) {
  type Key = Exclude<keyof Criteria, 'min_severity'>;
  const parsed = <Value>(key: Key, parse: (text: string) => Value) => {
    const entries: readonly (string | undefined)[] | undefined = written?.[key];
    const whereOf = (index: number) => place([key, index]);
    return entries && parsedAll(entries, { parse, whereOf }, findings);
  };
  const names = (key: Key) => written?.[key]?.filter(isDefined);
  const { sources } = written ?? {};
  return {
    minSeverity: read(fileValue(written?.min_severity, place, ['min_severity']), severity),
    sources: sources && [...new Set(sources.filter(isDefined))],
    streams: names('streams'),
    types: parsed('types', compileGlob),
    actions: parsed('actions', compileGlob),
    statuses: parsed('statuses', compileGlob),
    tenants: parsed('tenants', compileGlob),
    devices: parsed('devices', compileGlob),
    groups: parsed('groups', compileGlob),
    networks: parsed('networks', parseNetwork),
  };
}

function timesOf({ content, place }: RouteInput, context: RoutesContext) {
  const { timeZone, read: readOption, findings } = context;
  const intervals = (key: 'active' | 'mute') => {
    const written = content?.[key];
    return written && intervalsOf(written, { path: [key], place, timeZone, readOption, findings });
  };
  return { active: intervals('active'), mute: intervals('mute') };
}

const stepMs = 900_000;
const weekMs = 7 * 86_400_000;

function quietOf({ content, place }: RouteInput, context: RoutesContext): Pick<Route, 'quiet'> {
  const { quiet } = content ?? {};
  if (quiet === undefined) return {};
  const { timeZone, read: readOption, findings } = context;
  const path = ['quiet', 'times'];
  const times = intervalsOf(quiet.times ?? [], { path, place, timeZone, readOption, findings });
  const passes = readOption(fileValue(quiet.passes, place, ['quiet', 'passes']), severity) ?? 5;
  // Times with a last day end by themselves; all others must leave some time of each week.
  const endless = times
    .filter(({ last }) => last === undefined)
    .map(({ first: _, ...time }) => time);
  const nowMs = Math.floor(Date.now() / stepMs) * stepMs;
  const isAlwaysQuiet = Array.from(
    { length: weekMs / stepMs },
    (_, step) => nowMs + step * stepMs,
  ).every((atMs) => isWithin(endless, atMs));
  if (isAlwaysQuiet) {
    const problem = 'leave no time at which held messages could be sent';
    findings.problems.push({ where: place(path), problem, remedy: 'Shorten them' });
  }
  return { quiet: { times, passes: priorityOf(passes) } };
}

function whenOf({ content, place }: RouteInput, { findings }: RoutesContext): Route['when'] {
  const { when } = content ?? {};
  if (when === undefined) return undefined;
  try {
    return compileExpression(when);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    findings.problems.push(expressionProblem(place(['when']), when, error));
    return undefined;
  }
}

/** A route gets later changes of items only if it asks for them: by the stream, or by `when`. */
function takesChanges({ content }: RouteInput): boolean {
  const { match, when } = content ?? {};
  if (match?.streams?.includes(changeStream)) return true;
  try {
    return when !== undefined && asksForChanges(when);
  } catch (error) {
    // It was reported where it was compiled.
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

function reportRepeatedNames(routes: readonly RouteInput[], { findings }: RoutesContext): void {
  const seen = new Set<string>();
  for (const { content, place } of routes) {
    const name = content?.name;
    if (name === undefined) continue;
    if (seen.has(name)) {
      const problem = `"${name}" is the name of an earlier route`;
      const remedy = 'Give each route a name of its own';
      findings.problems.push({ where: place(['name']), problem, remedy });
    }
    seen.add(name);
  }
}

/** Warns of nothing if the sinks of some route could not be read: it may name any sink. */
function warnOfIdleSinks(routes: readonly RouteInput[], context: RoutesContext): void {
  const { sinks, operations, findings } = context;
  const ids = routes.flatMap((route) =>
    route.content?.to === undefined ? [undefined] : idsOf(route),
  );
  if (operations === undefined || ids.includes(undefined)) return;
  const named = new Set([...operations, ...ids, ...routes.flatMap(stepSinksOf)]);
  for (const { id, place } of sinks) {
    if (named.has(id)) continue;
    findings.warnings.push(
      `${place([])}: gets nothing, because no route names it. Name it in a route or in operations, or remove it.`,
    );
  }
}
