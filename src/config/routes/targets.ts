// Where a route sends: ids of sinks, and what it says about them over what they say themselves.

import type { Template } from '../../core/template/template.ts';
import { type AdapterInput, findDefinition } from '../read/adapters.ts';
import type { Findings } from '../read/environment.ts';
import type { RouteInput } from '../read/file.ts';
import { problemsOf, shownName, unresolved } from '../read/problems.ts';
import type { Registries } from '../read/shape.ts';
import type { Templates } from '../templates/index.ts';

export interface Targets {
  /** Ids, each once. */
  readonly to: readonly string[];
  /** By id; only of those about which the route says something. */
  readonly settings: ReadonlyMap<string, unknown>;
  /** By id; only of those for which the route has a template. */
  readonly templates: ReadonlyMap<string, Template>;
}

interface Around {
  readonly sinks: readonly AdapterInput[];
  readonly sinkTypes: Registries['sinks'];
  readonly templates: Templates;
}

/** The ids as they stand, `unresolved` among them. */
export function idsOf({ content }: RouteInput): string[] {
  return content.to.map((target) => (typeof target === 'string' ? target : target.sink));
}

/** What is wrong goes to `findings`. */
export function targetsOf(
  route: RouteInput,
  { sinks, sinkTypes, templates: known }: Around,
  findings: Findings,
): Targets {
  const templates = new Map<string, Template>();
  const settings = new Map<string, unknown>();
  const to = new Set<string>();
  for (const [index, target] of route.content.to.entries()) {
    const { sink, template, ...written } = typeof target === 'string' ? { sink: target, template: undefined } : target;
    const isRepeated = to.has(sink) && sink !== unresolved;
    if (isRepeated) tell(route, index, `"${shownName(sink)}" stands here already`, 'Keep one of the two', findings);
    to.add(sink);
    const type = sinks.find(({ id }) => id === sink)?.type;
    if (type === undefined || type === unresolved) continue;
    const compiled = template && known.use(template, type, route.place(['to', index, 'template']));
    if (compiled) templates.set(sink, compiled);
    if (Object.keys(written).length === 0) continue;
    const parsed = settingsOf(route, index, written, type, sinkTypes, findings);
    if (parsed !== undefined) settings.set(sink, parsed);
  }
  return { to: [...to], settings, templates };
}

function settingsOf(
  route: RouteInput,
  index: number,
  written: Readonly<Record<string, unknown>>,
  type: string,
  registry: Registries['sinks'],
  findings: Findings,
): unknown {
  const definition = findDefinition(registry, type);
  if (definition === undefined) return undefined;
  const { routeSettings } = definition;
  if (routeSettings === undefined) {
    const problem = `says ${Object.keys(written).map(shownName).join(', ')}, and a sink of type ${type} lets a route say nothing`;
    tell(route, index, problem, 'Write its id alone', findings);
    return undefined;
  }
  const parsed = routeSettings.safeParse(written);
  if (parsed.success) return parsed.data;
  const place = (path: readonly PropertyKey[], key?: string) => route.place(['to', index, ...path], key);
  findings.problems.push(...problemsOf(parsed.error.issues, routeSettings, written, place));
  return undefined;
}

function tell(route: RouteInput, index: number, problem: string, remedy: string, findings: Findings): void {
  findings.problems.push({ where: route.place(['to', index]), problem, remedy });
}
