// What tocsin.yaml may say: sources, sinks, routes and a few options, each optional. What it leaves out, the variables decide.
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { noticeSource } from '../../kit/event.ts';
import { codeOf, exposureOf, readText } from '../../kit/files.ts';
import { type AdapterInput, type Definition, findDefinition } from './adapters.ts';
import { type Environment, type Findings, readSecret } from './environment.ts';
import { type FileValue, type Place, problemsOf, unresolved } from './problems.ts';
import { brokenRoute, type RouteContent, route, routeLeft, single } from './schema/route.ts';
import { type RecurringContent, recurringSilence, recurringSilences } from './schema/silence.ts';
import { type TemplateContent, templatesLeft, templatesSchema } from './schema/template.ts';
import type { Registries } from './shape.ts';
import { readYaml, type YamlFile } from './yaml.ts';

const idRule = 'is not an id: at most 63 letters, digits, "-" and "_", beginning with a letter or digit';
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, idRule);
const adapter = z
  .looseObject({ type: z.string().describe('the type of the source or sink') })
  .describe('a map with a type');
const adapters = z.record(id, adapter).optional().describe('a map from ids to sources or sinks');
const storm = z
  .union(
    [single, z.strictObject({ over: single, passes: single })],
    'is neither a number, nor off, nor a map with over and passes',
  )
  .optional()
  .describe('a number of events, off, or a map with over and passes');
export const sinkSchema = adapter
  .extend({
    template: z.string().optional().describe('the name of a template'),
    timeout: single.describe('how long one message may take, from 1s to 5m; 30s if not set'),
    locale: single.describe('the language of its messages; that of the file if not set'),
    time_zone: single.describe('the time zone of its messages; that of the file if not set'),
  })
  .describe('a map with a type');
const operations = z
  .union([z.string(), z.array(z.string()).min(1)], 'is neither the id of a sink nor a list of them')
  .optional()
  .describe('the id of a sink, or a list of them');
const text = (description: string) => z.string().optional().describe(description);
export const fileSchema = z
  .strictObject({
    sources: adapters,
    sinks: z.record(id, sinkSchema).optional().describe('a map from ids to sources or sinks'),
    templates: templatesSchema,
    routes: z.array(route).min(1).optional().describe('a list of routes'),
    operations,
    heartbeat: z
      .strictObject({ url: text('an http or https address'), url_file: text('a file that holds the url') })
      .optional()
      .describe('a map with url or url_file'),
    storm,
    polling_interval: single,
    locale: single,
    time_zone: single,
    silences: z
      .strictObject({ max: single, recurring: recurringSilences })
      .optional()
      .describe('a map with max, recurring'),
  })
  .describe('a map with sources, sinks, routes');

/** What is right in a file that is wrong elsewhere: in place of the rest stands `unresolved`, or nothing. */
const brokenAdapter = { type: unresolved };
const brokenAdapters = { [unresolved]: brokenAdapter };
const adaptersLeft = z.record(z.string(), adapter.catch(brokenAdapter)).optional().catch(brokenAdapters);
const sinksLeft = z.record(z.string(), sinkSchema.catch(brokenAdapter)).optional().catch(brokenAdapters);
const textLeft = z.string().optional().catch(undefined);
const singleLeft = single.catch(undefined);
const fileLeft = z.object({
  sources: adaptersLeft,
  sinks: sinksLeft,
  templates: templatesLeft,
  routes: z.array(routeLeft.catch(brokenRoute)).optional().catch(undefined),
  operations: operations.catch(undefined),
  heartbeat: z.object({ url: textLeft, url_file: textLeft }).optional().catch(undefined),
  storm: storm.catch(undefined),
  polling_interval: singleLeft,
  locale: singleLeft,
  time_zone: singleLeft,
  silences: z
    .object({ max: singleLeft, recurring: z.array(recurringSilence).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
type FileContent = z.output<typeof fileLeft>;

export interface RecurringInput {
  readonly content: RecurringContent;
  /** Paths are relative to the silence. */
  readonly place: Place;
}

export interface TemplateInput {
  readonly name: string;
  readonly content: TemplateContent;
  /** Paths are relative to the template. */
  readonly place: Place;
}

export interface RouteInput {
  readonly content: RouteContent;
  /** Paths are relative to the route. */
  readonly place: Place;
}

/** Undefined is what the file does not say. */
export interface ConfigFile {
  readonly sources: readonly AdapterInput[] | undefined;
  readonly sinks: readonly AdapterInput[] | undefined;
  readonly templates: readonly TemplateInput[];
  readonly routes: readonly RouteInput[] | undefined;
  /** Ids as they stand, `unresolved` among them. */
  readonly operations: readonly FileValue[];
  readonly heartbeatUrl: FileValue | undefined;
  readonly storm: { readonly over: FileValue | undefined; readonly passes: FileValue | undefined };
  readonly pollingInterval: FileValue | undefined;
  readonly locale: FileValue | undefined;
  readonly timeZone: FileValue | undefined;
  readonly silenceMax: FileValue | undefined;
  readonly recurring: readonly RecurringInput[];
  /** Names of the variables that it refers to. */
  readonly variables: ReadonlySet<string>;
  /** As it was written, with the variables filled in. */
  readonly content: FileContent;
  /** As it was read. */
  readonly text: string;
  /** Where relative paths in it begin. */
  readonly directory: string;
  /** Paths are from the top of the file. */
  readonly place: Place;
}

/** `name` is a path; `where` is what named it, in the operator's words. */
export interface FileName {
  readonly name: string;
  readonly where: string;
}

interface Surroundings {
  readonly directory: string;
  readonly environment: Environment;
  readonly registries: Registries;
  readonly findings: Findings;
  /** Variables and secret files of adapters and of the heartbeat may be missing: the setting is then `unresolved`, and no problem. */
  readonly areOptional: boolean;
}

/** The file at `name`. Undefined, with the problems told, if nothing can be said about what is in it. */
export function readConfigFile({ name, where }: FileName, around: Surroundings): ConfigFile | undefined {
  const { directory, environment, findings, areOptional } = around;
  const path = resolve(directory, name);
  let text: string;
  try {
    text = readText(path, findings.files);
  } catch (error) {
    const problem = `names ${name}, which cannot be read (${codeOf(error)})`;
    const remedy = 'Name a file that this user may read';
    findings.problems.push({ where, problem, remedy });
    return undefined;
  }
  const exposure = exposureOf(path, false);
  if (exposure !== undefined) findings.warnings.push(`${name} ${exposure}`);
  const lookUp = (variable: string, section: string) =>
    environment.get(variable) ??
    (areOptional && ['sources', 'sinks', 'heartbeat'].includes(section) ? unresolved : undefined);
  const yaml = readYaml(text, name, lookUp, findings);
  if (yaml === undefined) return undefined;
  const content = readContent(yaml, findings);
  const within = { ...around, directory: dirname(path) };
  const { variables, place } = yaml;
  return (
    content && { ...shapeOf(content, place, within), variables, content, text, directory: within.directory, place }
  );
}

/** Tells what is wrong with the form, and goes on with what is right, so that the faults of its values are told as well. */
function readContent({ content, place }: YamlFile, findings: Findings): FileContent | undefined {
  const { error, data } = fileSchema.safeParse(content);
  if (error === undefined) return data;
  findings.problems.push(...problemsOf(error.issues, fileSchema, content, place));
  const left = fileLeft.safeParse(content).data;
  // A key that does not belong here may hold what would then seem to be missing.
  const isMisspelt = error.issues.some((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0);
  return left && isMisspelt
    ? { ...left, sources: left.sources ?? brokenAdapters, sinks: left.sinks ?? brokenAdapters }
    : left;
}

type Said =
  | 'sources'
  | 'sinks'
  | 'templates'
  | 'routes'
  | 'operations'
  | 'heartbeatUrl'
  | 'storm'
  | 'pollingInterval'
  | 'locale'
  | 'timeZone'
  | 'silenceMax'
  | 'recurring';
function shapeOf(content: FileContent, place: Place, around: Surroundings): Pick<ConfigFile, Said> {
  const valueAt = (value: string | number | undefined, key: string) => fileValue(value, place, [key]);
  return {
    sources: content.sources && adaptersOf('sources', content.sources, place, around),
    sinks: content.sinks && adaptersOf('sinks', content.sinks, place, around),
    templates: Object.entries(content.templates ?? {}).map(([name, written]) => ({
      name,
      content: written,
      place: under(place, ['templates', name]),
    })),
    routes: content.routes?.map((written, index) => ({ content: written, place: under(place, ['routes', index]) })),
    operations: operationsOf(content.operations, place),
    heartbeatUrl: heartbeatOf(content.heartbeat, place, around),
    storm: stormOf(content.storm, place),
    pollingInterval: valueAt(content.polling_interval, 'polling_interval'),
    locale: valueAt(content.locale, 'locale'),
    timeZone: valueAt(content.time_zone, 'time_zone'),
    silenceMax: fileValue(content.silences?.max, place, ['silences', 'max']),
    recurring: (content.silences?.recurring ?? []).map((written, index) => ({
      content: written,
      place: under(place, ['silences', 'recurring', index]),
    })),
  };
}

function stormOf(storm: FileContent['storm'], place: Place): ConfigFile['storm'] {
  if (typeof storm !== 'object') return { over: fileValue(storm, place, ['storm']), passes: undefined };
  const value = (key: 'over' | 'passes') => fileValue(storm[key], place, ['storm', key]);
  return { over: value('over'), passes: value('passes') };
}

function operationsOf(written: FileContent['operations'], place: Place): FileValue[] {
  if (!Array.isArray(written)) return written === undefined ? [] : [{ text: written, where: place(['operations']) }];
  return written.map((id, index) => ({ text: id, where: place(['operations', index]) }));
}

function heartbeatOf(written: FileContent['heartbeat'], place: Place, around: Surroundings): FileValue | undefined {
  if (written === undefined) return undefined;
  const { url } = withSecretFiles(written, ['url'], under(place, ['heartbeat']), around);
  if (url !== undefined) return fileValue(String(url), place, ['heartbeat', 'url']);
  around.findings.problems.push({
    where: place(['heartbeat']),
    problem: 'has no address',
    remedy: 'Write url, or url_file with the path of a file that holds it',
  });
  return undefined;
}

/** Undefined if there is none, or if it could not be had, which was told. */
export function fileValue(
  value: string | number | undefined,
  place: Place,
  path: readonly PropertyKey[],
): FileValue | undefined {
  return value === undefined || value === unresolved ? undefined : { text: String(value).trim(), where: place(path) };
}

function adaptersOf(
  kind: 'sources' | 'sinks',
  written: NonNullable<FileContent['sinks']>,
  place: Place,
  around: Surroundings,
): AdapterInput[] {
  return Object.entries(written).map(([key, { type, ...said }]) => {
    // Core's own words about a sink; to a source they are keys like any other.
    const { template, timeout, locale, time_zone, ...others } = said;
    const isSink = kind === 'sinks';
    const settings = isSink ? others : said;
    const placeHere = under(place, [kind, key]);
    const own = (value: unknown, name: string) =>
      isSink ? fileValue(value as z.output<typeof single>, placeHere, [name]) : undefined;
    const options = {
      timeout: own(timeout, 'timeout'),
      locale: own(locale, 'locale'),
      timeZone: own(time_zone, 'time_zone'),
    };
    const registry: Readonly<Record<string, Definition>> = around.registries[kind];
    if (kind === 'sources' && key === noticeSource) {
      const problem = "is the id of Tocsin's own notices";
      around.findings.problems.push({ where: placeHere([]), problem, remedy: 'Choose another' });
    }
    const secrets = findDefinition(registry, type)?.secrets ?? [];
    const checked = withSecretFiles(settings, secrets, placeHere, around);
    return {
      id: key,
      type,
      settings: checked,
      place: placeHere,
      ...(isSink && typeof template === 'string' && { template }),
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    };
  });
}

/** `token_file: /run/secrets/token` stands for `token: …`, if the type of the adapter calls `token` a secret. */
function withSecretFiles(
  settings: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
  place: Place,
  { directory, findings, areOptional }: Surroundings,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...settings };
  for (const key of secrets) {
    const fileKey = `${key}_file`;
    const file = settings[fileKey];
    if (typeof file !== 'string' || file === unresolved) continue;
    delete result[fileKey];
    if (key in settings) {
      const remedy = 'Keep one of the two';
      findings.problems.push({ where: place([key]), problem: `is written, and so is ${fileKey}`, remedy });
      continue;
    }
    result[key] =
      (areOptional ? undefined : readSecret(resolve(directory, file), place([fileKey]), findings)) ?? unresolved;
  }
  return result;
}

function under(place: Place, prefix: readonly PropertyKey[]): Place {
  return (path, key) => place([...prefix, ...path], key);
}
