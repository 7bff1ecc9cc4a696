// Reads where a route sends: ids of sinks, and what the route sets for them.
import type { Template } from '../../core/template/template.ts';
import { findDefinition } from '../read/adapters.ts';
import type { RouteInput } from '../read/file.ts';
import { placeUnder } from '../read/place.ts';
import { issuesOf, problemsOf, shownName } from '../read/problems.ts';
import { hasGap } from '../read/sound.ts';
import type { RoutesContext } from './context.ts';
import { mentionOf } from './mention.ts';

export interface Targets {
  /** Ids, each once. */
  readonly to: readonly string[];
  /** By id; only for sinks that the route sets something for. */
  readonly settings: ReadonlyMap<string, unknown>;
  /** By id; only for sinks that the route has a template for. */
  readonly templates: ReadonlyMap<string, Template>;
}

/** The ids as they were written; undefined for one that could not be read. */
export function idsOf({ content }: RouteInput): (string | undefined)[] {
  return (content?.to ?? []).map((target) => (typeof target === 'object' ? target.sink : target));
}

/** Problems go to the findings. */
export function targetsOf(route: RouteInput, context: RoutesContext): Targets {
  const { problems } = context.findings;
  const templates = new Map<string, Template>();
  const settings = new Map<string, unknown>();
  const to = new Set<string>();
  const mention = mentionOf(route, context);
  for (const [index, target] of (route.content?.to ?? []).entries()) {
    const { sink, template, ...own } =
      typeof target === 'object' ? target : { sink: target, template: undefined };
    if (sink === undefined) continue;
    // What is said of the sink alone comes before what is said of the route.
    const written = { ...mention?.of(sink), ...own };
    const place = placeUnder(route.place, ['to', index]);
    if (to.has(sink)) {
      const problem = `"${shownName(sink)}" is in this list already`;
      problems.push({ where: place([]), problem, remedy: 'Keep one of the two' });
    }
    to.add(sink);
    const type = context.sinks.find(({ id }) => id === sink)?.type;
    if (type === undefined) continue;
    const compiled =
      template && context.templates.use({ name: template, where: place(['template']) });
    if (compiled) templates.set(sink, compiled);
    if (Object.keys(written).length === 0) continue;
    const parsed = settingsOf({ type, content: written, place }, context);
    if (parsed !== undefined) settings.set(sink, parsed);
  }
  return { to: [...to], settings, templates };
}

interface TargetSettings {
  /** Of the sink. */
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly place: RouteInput['place'];
}

function settingsOf(written: TargetSettings, { sinkTypes, findings }: RoutesContext): unknown {
  const { type, content, place } = written;
  const definition = findDefinition(sinkTypes, type);
  if (definition === undefined) return undefined;
  const { routeSettings: schema } = definition;
  if (schema === undefined) {
    const keys = Object.keys(content).map(shownName).join(', ');
    const problem = `sets ${keys}, but a route can set nothing for a sink of type ${type}`;
    findings.problems.push({ where: place([]), problem, remedy: 'Write its id alone' });
    return undefined;
  }
  const judged = { schema, content, place };
  const issues = issuesOf(judged);
  findings.problems.push(...problemsOf(issues, judged));
  return issues.length > 0 || hasGap(content) ? undefined : schema.parse(content);
}
