// The routes of a configuration: those of tocsin.yaml, or one that sends everything to every sink.

import { priorityOf, type Route } from '../../core/routing/index.ts';
import { compileExpression, ExpressionError } from '../../core/rules/expression.ts';
import { compileGlob } from '../../core/rules/glob.ts';
import { parseNetwork } from '../../core/rules/network.ts';
import { isWithin } from '../../core/rules/schedule.ts';
import type { Severity } from '../../kit/event.ts';
import type { AdapterInput } from '../read/adapters.ts';
import type { Findings } from '../read/environment.ts';
import { expressionProblem } from '../read/expression-problem.ts';
import { fileValue, type RouteInput } from '../read/file.ts';
import { intervalsOf, parsedAll } from '../read/intervals.ts';
import type { OptionReader } from '../read/options.ts';
import { unknownName, unresolved } from '../read/problems.ts';
import type { Registries } from '../read/shape.ts';
import { severity } from '../read/values.ts';
import type { Templates } from '../templates/index.ts';
import { groupPolicyOf } from './groups.ts';
import { idsOf, targetsOf } from './targets.ts';

export interface RoutesInput {
  /** Undefined: the default route. */
  readonly written: readonly RouteInput[] | undefined;
  readonly sources: readonly AdapterInput[];
  readonly sinks: readonly AdapterInput[];
  readonly sinkTypes: Registries['sinks'];
  readonly templates: Templates;
  /** Of the default route, and of routes that name none. */
  readonly minSeverity: Severity;
  /** Ids of sinks that get something without a route. */
  readonly operations: readonly string[];
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
}

export function makeRoutes(input: RoutesInput, readOption: OptionReader, findings: Findings): Route[] {
  const sinkIds = input.sinks.map((sink) => sink.id);
  if (input.written === undefined) return [{ name: 'default', minSeverity: input.minSeverity, to: sinkIds }];
  const sourceIds = input.sources.map((source) => source.id);
  const routes = input.written.map((route): Route => {
    const { name, match, repeats } = route.content;
    checkReferences(route, ['match', 'sources'], match?.sources, sourceIds, findings);
    for (const [index, one] of (match?.not ?? []).entries())
      checkReferences(route, ['match', 'not', index, 'sources'], one.sources, sourceIds, findings);
    checkReferences(route, ['to'], idsOf(route), sinkIds, findings);
    const { to, settings, templates } = targetsOf(route, input, findings);
    const group = groupPolicyOf(route, readOption, findings);
    return {
      name,
      ...matchOf(route, input, readOption, findings),
      ...timesOf(route, input, readOption, findings),
      when: whenOf(route, findings),
      to,
      ...(settings.size > 0 && { settings }),
      ...(templates.size > 0 && { templates }),
      ...(group && { group }),
      ...quietOf(route, input, readOption, findings),
      ...(repeats === false && { isFirstOnly: true }),
      ...(route.content.continue === false && { isLast: true }),
    };
  });
  tellRepeatedNames(input.written, findings);
  warnOfIdleSinks(input, routes, findings);
  return routes;
}

function matchOf(route: RouteInput, input: RoutesInput, readOption: OptionReader, findings: Findings) {
  const { match } = route.content;
  const { minSeverity = input.minSeverity, ...criteria } = criteriaOf(match, ['match'], route, readOption, findings);
  const not = match?.not?.map((written, index) => {
    const { minSeverity: from = 0, ...others } = criteriaOf(
      written,
      ['match', 'not', index],
      route,
      readOption,
      findings,
    );
    return { minSeverity: from, ...others };
  });
  return { minSeverity, ...criteria, ...(not && { not }) };
}

type Criteria = Omit<NonNullable<RouteInput['content']['match']>, 'not'>;

/** @param path of `written`, from the route on */
function criteriaOf(
  written: Criteria | undefined,
  path: readonly PropertyKey[],
  { place }: RouteInput,
  readOption: OptionReader,
  findings: Findings,
) {
  const parsed = <Value>(key: keyof Criteria, texts: readonly string[] | undefined, parse: (text: string) => Value) =>
    texts && parsedAll(texts, parse, (index) => place([...path, key, index]), findings);
  const globs = (key: 'types' | 'actions' | 'statuses' | 'tenants' | 'devices' | 'groups') =>
    parsed(key, written?.[key], compileGlob);
  return {
    minSeverity: readOption(fileValue(written?.min_severity, place, [...path, 'min_severity']), severity),
    sources: written?.sources && [...new Set(written.sources)],
    streams: written?.streams,
    types: globs('types'),
    actions: globs('actions'),
    statuses: globs('statuses'),
    tenants: globs('tenants'),
    devices: globs('devices'),
    groups: globs('groups'),
    networks: parsed('networks', written?.networks, parseNetwork),
  };
}

function timesOf({ content, place }: RouteInput, input: RoutesInput, readOption: OptionReader, findings: Findings) {
  const times = { active: content.active, mute: content.mute };
  const intervals = (key: 'active' | 'mute') =>
    times[key] && intervalsOf(times[key], { path: [key], place, timeZone: input.timeZone, readOption, findings });
  return { active: intervals('active'), mute: intervals('mute') };
}

const stepMs = 900_000;
const weekMs = 7 * 86_400_000;

function quietOf(
  route: RouteInput,
  input: RoutesInput,
  readOption: OptionReader,
  findings: Findings,
): Pick<Route, 'quiet'> {
  const { quiet } = route.content;
  if (quiet === undefined) return {};
  const { place } = route;
  const path = ['quiet', 'times'];
  const times = intervalsOf(quiet.times, { path, place, timeZone: input.timeZone, readOption, findings });
  const passes = readOption(fileValue(quiet.passes, route.place, ['quiet', 'passes']), severity) ?? 5;
  // What has a last day ends; the others must leave some time of each week.
  const endless = times.filter(({ last }) => last === undefined).map(({ first: _, ...time }) => time);
  const nowMs = Math.floor(Date.now() / stepMs) * stepMs;
  const isEverQuiet = Array.from({ length: weekMs / stepMs }, (_, step) => nowMs + step * stepMs).every((atMs) =>
    isWithin(endless, atMs),
  );
  if (isEverQuiet) {
    const problem = 'leave no time in which what is held goes out';
    findings.problems.push({ where: route.place(['quiet', 'times']), problem, remedy: 'Shorten them' });
  }
  return { quiet: { times, passes: priorityOf(passes) } };
}

function whenOf({ content, place }: RouteInput, findings: Findings): Route['when'] {
  const { when } = content;
  if (when === undefined || when === unresolved) return undefined;
  try {
    return compileExpression(when);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    findings.problems.push(expressionProblem(place(['when']), when, error));
    return undefined;
  }
}

function checkReferences(
  { place }: RouteInput,
  path: readonly PropertyKey[],
  ids: readonly string[] | undefined,
  known: readonly string[],
  findings: Findings,
): void {
  const noun = path[0] === 'to' ? 'sink' : 'source';
  for (const [index, id] of (ids ?? []).entries()) {
    if (known.includes(id) || known.includes(unresolved) || id === unresolved) continue;
    findings.problems.push(unknownName(place([...path, index]), id, noun, known));
  }
}

function tellRepeatedNames(routes: readonly RouteInput[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { content, place } of routes) {
    const { name } = content;
    if (seen.has(name) && name !== unresolved) {
      const problem = `"${name}" is the name of an earlier route`;
      findings.problems.push({ where: place(['name']), problem, remedy: 'Give each route a name of its own' });
    }
    seen.add(name);
  }
}

function warnOfIdleSinks({ sinks, operations }: RoutesInput, routes: readonly Route[], findings: Findings): void {
  const named = new Set([...operations, ...routes.flatMap((route) => route.to)]);
  if (named.has(unresolved)) return;
  for (const { id, place } of sinks) {
    if (named.has(id) || id === unresolved) continue;
    findings.warnings.push(
      `${place([])}: gets nothing, as no route names it. Name it in a route or in operations, or remove it.`,
    );
  }
}
