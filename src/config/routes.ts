// The routes of a configuration: those of tocsin.yaml, or one that sends everything to every sink.
import { noticeSource, type Severity } from '../core/event.ts';
import type { AdapterInput } from './adapters.ts';
import type { Findings } from './environment.ts';
import type { RouteInput } from './file.ts';
import type { OptionReader } from './options.ts';
import { unresolved } from './problems.ts';
import type { RouteConfig } from './shape.ts';
import { didYouMean } from './suggest.ts';
import { severity } from './values.ts';

export interface RoutesInput {
  /** Undefined: the default route. */
  readonly written: readonly RouteInput[] | undefined;
  readonly sources: readonly AdapterInput[];
  readonly sinks: readonly AdapterInput[];
  /** Of the default route, and of routes that name none. */
  readonly minSeverity: Severity;
}

export function makeRoutes(input: RoutesInput, readOption: OptionReader, findings: Findings): RouteConfig[] {
  const sinkIds = input.sinks.map((sink) => sink.id);
  if (input.written === undefined) return [{ name: 'default', minSeverity: input.minSeverity, to: sinkIds }];
  // Notices are events of a source of Tocsin's own, which a route may name.
  const sourceIds = [...input.sources.map((source) => source.id), noticeSource];
  const routes = input.written.map((route): RouteConfig => {
    checkReferences(route, 'sources', sourceIds, findings);
    checkReferences(route, 'to', sinkIds, findings);
    return {
      name: route.name,
      minSeverity: readOption(route.minSeverity, severity) ?? input.minSeverity,
      ...(route.sources !== undefined && { sources: [...new Set(route.sources)] }),
      to: [...new Set(route.to)],
    };
  });
  tellRepeatedNames(input.written, findings);
  warnOfIdleSinks(sinkIds, routes, findings);
  return routes;
}

function checkReferences(route: RouteInput, key: 'sources' | 'to', known: readonly string[], findings: Findings): void {
  const noun = key === 'to' ? 'sink' : 'source';
  for (const [index, id] of (route[key] ?? []).entries()) {
    if (known.includes(id) || known.includes(unresolved) || id === unresolved) continue;
    const list = known.length === 0 ? `There is no ${noun} yet` : `Known are: ${known.join(', ')}`;
    findings.problems.push({
      where: route.place([key, index]),
      problem: `"${id}" is no ${noun} of this configuration`,
      remedy: `${list}.${didYouMean(id, known)}`,
    });
  }
}

function tellRepeatedNames(routes: readonly RouteInput[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { name, place } of routes) {
    if (seen.has(name) && name !== unresolved) {
      const problem = `"${name}" is the name of an earlier route`;
      findings.problems.push({ where: place(['name']), problem, remedy: 'Give each route a name of its own' });
    }
    seen.add(name);
  }
}

function warnOfIdleSinks(sinkIds: readonly string[], routes: readonly RouteConfig[], findings: Findings): void {
  const named = new Set(routes.flatMap((route) => route.to));
  if (named.has(unresolved)) return;
  for (const id of sinkIds) {
    if (!named.has(id) && id !== unresolved) findings.warnings.push(`Sink "${id}" gets nothing: no route names it.`);
  }
}
