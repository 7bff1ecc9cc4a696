// Makes one typed configuration of the environment, the .env files and tocsin.yaml, or reports
// every problem at once. Changes nothing, and never puts the value of a secret into a problem or a
// warning.
import { priorityOf } from '../core/routing/index.ts';
import { ConfigError } from '../kit/errors.ts';
import type { Severity } from '../kit/event.ts';
import type { FilesRead } from '../kit/files.ts';
import { createMask, isMaskable, secretLengthMin } from '../kit/mask.ts';
import { neutralText } from '../kit/text.ts';
import { readAccess } from './read/access.ts';
import { type AdapterInput, checkAdapters } from './read/adapters.ts';
import { businessHoursOf } from './read/business-hours.ts';
import { hashOf } from './read/change.ts';
import { type Environment, type Findings, readEnvironment } from './read/environment.ts';
import { type ConfigFile, type FileName, readConfigFile } from './read/file.ts';
import type { KnownVariable } from './read/known.ts';
import { type Names, namesOf, unknownName } from './read/names.ts';
import {
  createDecider,
  createOptionReader,
  type Decider,
  type OptionReader,
  readDatabase,
  readProxy,
  variable,
} from './read/options.ts';
import { presented } from './read/problems.ts';
import type { ConfigReading } from './read/reading.ts';
import { reportOf } from './read/report.ts';
import { sinkKeys, sourceKeys } from './read/schema/file.ts';
import {
  type Missing,
  sinksOfVariables,
  sourcesOfVariables,
  variablesOfRoutes,
  warnOfIdleVariables,
  withBareToken,
  withStartFrom,
} from './read/script.ts';
import { findSecrets } from './read/secrets.ts';
import type { Config, Need, Registries, SinkConfig, TypeLoaders } from './read/shape.ts';
import { hasGap } from './read/sound.ts';
import { readTracing } from './read/tracing.ts';
import * as values from './read/values.ts';
import { writtenRoutes } from './read/written-routes.ts';
import { dutyOf } from './routes/duty.ts';
import { makeRoutes } from './routes/index.ts';
import { recurringOf } from './silences/index.ts';
import { Templates } from './templates/index.ts';

export interface LoadOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for and relative paths begin. */
  readonly directory: string;
  readonly registries: Registries;
  /** What loads further types for a draft; absent: the registries have all. */
  readonly loaders?: TypeLoaders;
  /**
   * What the command cannot do without; the absence of anything else is no problem. Default:
   * everything.
   */
  readonly needs?: readonly Need[];
  /**
   * For commands that call no far end: variables and secret files of sources and sinks may be
   * missing. An adapter that lacks one counts as configured, with its settings undefined.
   */
  readonly areCredentialsOptional?: boolean;
  /** In place of the file that TOCSIN_CONFIG names. */
  readonly file?: FileName;
  /** Sources and sinks where the file lists none, in place of those of variables. */
  readonly inputs?: Readonly<Record<'sources' | 'sinks', readonly AdapterInput[]>>;
  /** Gets every file that was looked for, whether or not the configuration is right. */
  readonly files?: FilesRead;
}

/** @throws {ConfigError} with every problem */
export function loadConfig(options: LoadOptions): Config {
  return readConfig(options).config;
}

/** As {@link loadConfig}, with what the configuration was made from. @throws {ConfigError} */
export function readConfig(options: LoadOptions): ConfigReading {
  const findings: Findings = { problems: [], warnings: [], files: options.files };
  const parts = readParts(options, findings);
  const { environment, file, sources, sinks, registries, templates } = parts;
  const config = {
    sources: checkAdapters(
      { inputs: sources, registry: registries.sources, commonKeys: sourceKeys },
      findings,
    ),
    sinks: completeSinks(
      checkAdapters({ inputs: sinks, registry: registries.sinks, commonKeys: sinkKeys }, findings),
      parts,
    ),
    ...readOptions(parts),
  };
  templates.warnOfUnused();
  const secrets = findSecrets(parts, config.proxy);
  const mask = createMask(secrets);
  if (!secrets.every(isMaskable))
    findings.warnings.push(
      `A secret of the configuration has fewer than ${secretLengthMin} characters, so it is not masked in logs and answers. Use a longer one.`,
    );
  // Sources that share a variable share its warnings.
  const warnings = [...new Set(findings.warnings)].map((text) =>
    neutralText(mask(text), { multiline: true }),
  );
  if (findings.problems.length > 0)
    throw new ConfigError(presented(findings.problems, mask), warnings);
  const hash = hashOf({ environment, file, sources, sinks }, registries, mask);
  const routes = writtenRoutes(file?.text ?? '');
  const variables = variablesOfRoutes(environment);
  const ground = { registries, loaders: options.loaders, variables, routes };
  const whole = { ...config, ground, secrets, warnings, hash };
  return { config: whole, environment, file, sources, sinks, registries };
}

/** The types that sources and sinks are of, whether or not there are such types. */
export function namedTypes(options: LoadOptions) {
  const parts = readParts(options, { problems: [], warnings: [], files: undefined });
  const typesOf = (inputs: readonly AdapterInput[]) => inputs.flatMap(({ type }) => type ?? []);
  return { sources: typesOf(parts.sources), sinks: typesOf(parts.sinks) };
}

/** The parts of a configuration before it is judged as a whole. */
interface Parts {
  readonly directory: string;
  readonly registries: Registries;
  readonly environment: Environment;
  readonly file: ConfigFile | undefined;
  readonly sources: readonly AdapterInput[];
  readonly sinks: readonly AdapterInput[];
  readonly names: { readonly sources: Names; readonly sinks: Names };
  readonly templates: Templates;
  readonly isDatabaseNeeded: boolean;
  readonly findings: Findings;
}

function readParts(options: LoadOptions, findings: Findings): Parts {
  const { directory, registries } = options;
  const areFilesRead = options.file?.text === undefined;
  const variables = readEnvironment(options.env, directory, findings, areFilesRead);
  const environment = withBareToken(variables, findings);
  const name = options.file ?? fileOfVariable(environment);
  const areOptional = options.areCredentialsOptional ?? false;
  const around = { directory, environment, registries, findings, areOptional };
  const file = name && readConfigFile(name, around);
  // What seems to be missing may stand in a file that could not be read.
  const needs: readonly Need[] = options.needs ?? ['sources', 'sinks', 'database'];
  const isNeeded = (need: Need) =>
    needs.includes(need) && (name === undefined || file !== undefined);
  const missing = (need: Need): Missing =>
    areOptional ? 'assumed' : isNeeded(need) ? 'reported' : 'accepted';
  const sources = file?.sources
    ? withStartFrom(file.sources, environment)
    : (options.inputs?.sources ?? sourcesOfVariables(environment, missing('sources'), findings));
  const sinks =
    file?.sinks ??
    options.inputs?.sinks ??
    sinksOfVariables(environment, missing('sinks'), findings);
  if (name !== undefined && file !== undefined) warnOfIdleVariables(name.name, file, around);
  const written = file?.templates ?? [];
  const areAll = file?.unread.has('templates') !== true;
  return {
    directory,
    registries,
    environment,
    file,
    sources,
    sinks,
    findings,
    names: {
      sources: namesOf('source', sources, file?.unread.has('sources')),
      sinks: namesOf('sink', sinks, file?.unread.has('sinks')),
    },
    templates: new Templates({ written, areAll }, findings),
    isDatabaseNeeded: isNeeded('database'),
  };
}

/** Adds what core, and not the type of the sink, has to know about it. */
function completeSinks(
  checked: Config['sinks'],
  { sinks: inputs, templates, findings }: Parts,
): SinkConfig[] {
  const read = createOptionReader(findings);
  return inputs.flatMap((input) => {
    const { type, template: name, timeout, locale, timeZone, place } = input;
    const use = name !== undefined && { name, type, where: place(['template']) };
    const template = use ? templates.use(use) : undefined;
    const options = {
      timeoutMs: read(timeout, values.sinkTimeout),
      locale: read(locale, values.locale),
      timeZone: read(timeZone, values.timeZone),
    };
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const sink = checked.find(({ id }) => id === input.id);
    return sink ? [{ ...sink, ...(template && { template }), ...Object.fromEntries(given) }] : [];
  });
}

/** The options of one value each: from the file, else from the variable, else the default. */
function readOptions(parts: Parts) {
  const { environment, file, directory, isDatabaseNeeded: isNeeded, findings } = parts;
  const read = createOptionReader(findings);
  const of = (name: KnownVariable) => variable(environment, name);
  const decide = createDecider(environment, read, findings);
  const minSeverity = read(of('MIN_SEVERITY'), values.severity) ?? 0;
  const dataDir = of('DATA_DIR') ?? { text: 'data', where: 'DATA_DIR' };
  const options = {
    pollingIntervalSeconds:
      decide(file?.pollingInterval, 'POLLING_INTERVAL', values.pollingInterval) ?? 300,
    ...readDatabase({ environment, read, isNeeded }, findings),
    dataDir: read(dataDir, values.path(directory)) ?? directory,
    retentionMs: read(of('RETENTION'), values.retention) ?? values.retentionDefaultMs,
    silenceMaxMs: read(file?.silenceMax, values.silenceMax) ?? values.silenceMaxDefaultMs,
    incidents: {
      ackExpiresMs:
        read(file?.incidents.ackExpires, values.ackExpires) ?? values.ackExpiresDefaultMs,
      snoozeMaxMs: read(file?.incidents.snoozeMax, values.snoozeMax) ?? values.snoozeMaxDefaultMs,
    },
    escalationMaxAgeMs:
      read(file?.escalationMaxAge, values.escalationMaxAge) ?? values.escalationMaxAgeDefaultMs,
    sinkRate: read(of('SINK_RATE'), values.sinkRate) ?? 10,
    storm: readStorm(file, decide, read),
    links: readLinks(file, read),
    port: read(of('PORT'), values.wholeNumber(0, 65_535, '')) ?? 8080,
    host: read(of('HOST'), values.host) ?? '::',
    logLevel: read(of('LOG_LEVEL'), values.logLevel) ?? 'info',
    locale: decide(file?.locale, 'LOCALE', values.locale) ?? 'en',
    timeZone: decide(file?.timeZone, 'TZ', values.timeZone) ?? values.machineTimeZone(),
    proxy: readProxy(environment, read, findings),
    operations: readOperations(parts),
    access: readAccess(environment, findings),
    ...readTracing(environment, findings),
  };
  const heartbeatUrl = decide(file?.heartbeatUrl, 'HEARTBEAT_URL', values.heartbeatUrl);
  return {
    ...options,
    ...(heartbeatUrl !== undefined && { heartbeatUrl }),
    ...readPolicy(parts, { ...options, minSeverity, read }),
  } satisfies Partial<Config>;
}

type PolicyOptions = Pick<
  Config,
  'operations' | 'timeZone' | 'silenceMaxMs' | 'escalationMaxAgeMs' | 'retentionMs'
> & {
  readonly minSeverity: Severity;
  readonly read: OptionReader;
};

/** Routes and silences: what is announced, and where. */
function readPolicy(parts: Parts, options: PolicyOptions) {
  const { file, sinks, names, templates, registries, findings } = parts;
  const { timeZone, operations, minSeverity, silenceMaxMs: maxMs, read } = options;
  const { escalationMaxAgeMs } = options;
  const sinkTypes = registries.sinks;
  const context = {
    written: file?.routes,
    sinks,
    sinkTypes,
    names,
    templates,
    minSeverity,
    operations: hasUnreadOperations(file) ? undefined : operations,
    timeZone,
    escalationMaxAgeMs,
    hasDuty: file !== undefined && Object.hasOwn(file.content, 'duty'),
    read,
    findings,
  };
  const routes = makeRoutes(context);
  const duty = dutyOf(file, context);
  const written = file?.recurring ?? [];
  const recurringSilences = recurringOf({ written, names, maxMs, timeZone, findings });
  const times = { timeZone, read, findings };
  const businessHours = businessHoursOf(file, times);
  const report = reportOf(file, { ...times, sinks: names.sinks, retentionMs: options.retentionMs });
  return {
    ...{ routes, recurringSilences, businessHours },
    ...(duty && { duty }),
    ...(report && { report }),
  };
}

function hasUnreadOperations(file: ConfigFile | undefined): boolean {
  const content = file?.content;
  if (content === undefined || !Object.hasOwn(content, 'operations')) return false;
  return hasGap([content.operations]);
}

function readOperations({ file, names: { sinks }, findings }: Parts): readonly string[] {
  const written = file?.operations ?? [];
  for (const { text, where } of sinks.areAll ? written : [])
    if (!sinks.known.includes(text)) findings.problems.push(unknownName(where, text, sinks));
  return [...new Set(written.map(({ text }) => text))];
}

function readStorm(
  file: ConfigFile | undefined,
  decide: Decider,
  read: OptionReader,
): Config['storm'] {
  const over = decide(file?.storm.over, 'STORM', values.stormOver) ?? values.stormOverDefault;
  const passes = priorityOf(read(file?.storm.passes, values.severity) ?? 5);
  return over === 'off' ? 'off' : { over, passes };
}

function readLinks(file: ConfigFile | undefined, read: OptionReader): Config['links'] {
  return {
    hash: read(file?.links.hash, values.linkPattern('hash')),
    technique: read(file?.links.technique, values.linkPattern('technique')),
  };
}

function fileOfVariable(environment: Environment): FileName | undefined {
  const name = environment.get('TOCSIN_CONFIG');
  return name === undefined ? undefined : { name, where: environment.place('TOCSIN_CONFIG') };
}
