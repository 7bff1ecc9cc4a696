// Environment, .env files and tocsin.yaml -> one typed configuration, or every problem at once. Reads files, changes nothing, and
// never puts a secret's value into a problem or a warning. The commands hand in what `process.env` holds.

import { priorityOf } from '../core/routing/index.ts';
import { ConfigError, type ConfigProblem } from '../kit/errors.ts';
import type { FilesRead } from '../kit/files.ts';
import { createMask, isMaskable, secretLengthMin } from '../kit/mask.ts';
import { neutralText } from '../kit/text.ts';
import { type AdapterInput, checkAdapters, secretsOf } from './read/adapters.ts';
import { hashOf } from './read/change.ts';
import { type Environment, type Findings, readEnvironment } from './read/environment.ts';
import { type ConfigFile, type FileName, readConfigFile } from './read/file.ts';
import type { KnownVariable } from './read/known.ts';
import {
  createDecider,
  createOptionReader,
  type Decider,
  type OptionReader,
  readDatabase,
  readProxy,
  secretsOfUrls,
  variable,
} from './read/options.ts';
import { presentable, unknownName, unresolved } from './read/problems.ts';
import type { ConfigReading } from './read/reading.ts';
import {
  type Missing,
  sinksOfVariables,
  sourcesOfVariables,
  variablesOfSinks,
  variablesOfSources,
  withBareToken,
  withStartFrom,
} from './read/script.ts';
import type { Config, Need, Registries, SinkConfig } from './read/shape.ts';
import { readTracing, secretsOfHeaders } from './read/tracing.ts';
import * as values from './read/values.ts';
import { makeRoutes } from './routes/index.ts';
import { recurringOf } from './silences/index.ts';
import { createTemplates, type Templates } from './templates/index.ts';

export interface LoadOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for and relative paths begin. */
  readonly directory: string;
  readonly registries: Registries;
  /** What the command cannot do without; the absence of anything else is no problem. Default: everything. */
  readonly needs?: readonly Need[];
  /**
   * For commands that call nobody: variables and secret files of sources and sinks may be missing. Those that lack one count as configured,
   * with settings that are of no use.
   */
  readonly areCredentialsOptional?: boolean;
  /** In place of the file that TOCSIN_CONFIG names. */
  readonly file?: FileName;
  /** Takes down every file that was looked for, whether or not the configuration is right. */
  readonly files?: FilesRead;
}

/** @throws {ConfigError} with every problem */
export function loadConfig(options: LoadOptions): Config {
  return readConfig(options).config;
}

/** As {@link loadConfig}, with what it was made from. @throws {ConfigError} with every problem */
export function readConfig(options: LoadOptions): ConfigReading {
  const { directory, registries } = options;
  const findings: Findings = { problems: [], warnings: [], files: options.files };
  const environment = withBareToken(readEnvironment(options.env, directory, findings), findings);
  const name = options.file ?? fileOfVariable(environment);
  const areOptional = options.areCredentialsOptional ?? false;
  const file = name && readConfigFile(name, { directory, environment, registries, findings, areOptional });
  // A broken file may well hold what would then seem to be missing.
  const needs: readonly Need[] = options.needs ?? ['sources', 'sinks', 'database'];
  const isNeeded = (need: Need) => needs.includes(need) && (name === undefined || file !== undefined);
  const missing = (need: Need): Missing => (areOptional ? 'assumed' : isNeeded(need) ? 'told' : 'accepted');
  const sources = file?.sources
    ? withStartFrom(file.sources, environment)
    : sourcesOfVariables(environment, missing('sources'), findings);
  const sinks = file?.sinks ?? sinksOfVariables(environment, missing('sinks'), findings);
  warnOfIdleVariables(environment, name?.name, file, findings);

  const templates = createTemplates(file?.templates ?? [], registries.sinks, findings);
  const adapters = { sources, sinks, sinkTypes: registries.sinks, templates, isDatabaseNeeded: isNeeded('database') };
  const config = {
    sources: checkAdapters(sources, registries.sources, findings),
    sinks: completeSinks(checkAdapters(sinks, registries.sinks, findings), sinks, templates, findings),
    ...readOptions(environment, file, directory, adapters, findings),
  };
  templates.warnOfUnused();
  const secrets = findSecrets(environment, registries, sources, sinks, file, config);
  const mask = createMask(secrets);
  if (!secrets.every(isMaskable))
    findings.warnings.push(
      `A secret of the configuration has fewer than ${secretLengthMin} characters, so it is not masked in logs and answers. Use a longer one.`,
    );
  // Sources that share a variable share what there is to say about it.
  const warnings = [...new Set(findings.warnings)].map((text) => neutralText(mask(text), { multiline: true }));
  if (findings.problems.length > 0) throw new ConfigError(tidied(findings.problems, mask), warnings);
  const hash = hashOf({ environment, file, sources, sinks }, registries, mask);
  return { config: { ...config, secrets, warnings, hash }, environment, file, sources, sinks, registries };
}

/** With what core, and not its type, has to know about a sink. */
function completeSinks(
  checked: Config['sinks'],
  inputs: readonly AdapterInput[],
  templates: Templates,
  findings: Findings,
): SinkConfig[] {
  const read = createOptionReader(findings);
  return checked.map((sink) => {
    const { template: name, timeout, locale, timeZone, place } = inputs.find(({ id }) => id === sink.id)!;
    const template = name === undefined ? undefined : templates.use(name, sink.type, place(['template']));
    const options = {
      timeoutMs: read(timeout, values.sinkTimeout),
      locale: read(locale, values.locale),
      timeZone: read(timeZone, values.timeZone),
    };
    const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    return { ...sink, ...(template && { template }), ...said };
  });
}

interface Adapters {
  readonly sources: readonly AdapterInput[];
  readonly sinks: readonly AdapterInput[];
  readonly sinkTypes: Registries['sinks'];
  readonly templates: Templates;
  readonly isDatabaseNeeded: boolean;
}

/** The options of one value each, with their defaults. What the file says counts, then the variable. */
function readOptions(
  environment: Environment,
  file: ConfigFile | undefined,
  directory: string,
  { sources, sinks, sinkTypes, templates, isDatabaseNeeded }: Adapters,
  findings: Findings,
) {
  const read = createOptionReader(findings);
  const of = (name: Parameters<typeof variable>[1]) => variable(environment, name);
  const decide = createDecider(environment, read, findings);
  const { wholeNumber, path } = values;
  const minSeverity = read(of('MIN_SEVERITY'), values.severity) ?? 0;
  const options = {
    pollingIntervalSeconds: decide(file?.pollingInterval, 'POLLING_INTERVAL', values.pollingInterval) ?? 300,
    ...readDatabase(environment, read, isDatabaseNeeded, findings),
    dataDir: read(of('DATA_DIR') ?? { text: 'data', where: 'DATA_DIR' }, path(directory)) ?? directory,
    retentionMs: read(of('RETENTION'), values.retention) ?? values.retentionDefaultMs,
    silenceMaxMs: read(file?.silenceMax, values.silenceMax) ?? values.silenceMaxDefaultMs,
    sinkRate: read(of('SINK_RATE'), values.sinkRate) ?? 10,
    storm: readStorm(file, decide, read),
    port: read(of('PORT'), wholeNumber(0, 65_535, '')) ?? 8080,
    host: read(of('HOST'), values.host) ?? '::',
    logLevel: read(of('LOG_LEVEL'), values.logLevel) ?? 'info',
    locale: decide(file?.locale, 'LOCALE', values.locale) ?? 'en',
    timeZone: decide(file?.timeZone, 'TZ', values.timeZone) ?? values.machineTimeZone(),
    proxy: readProxy(environment, read, findings),
    operations: readOperations(file, sinks, findings),
    ...readTracing(environment, findings),
  };
  const heartbeatUrl = decide(file?.heartbeatUrl, 'HEARTBEAT_URL', values.heartbeatUrl);
  const { timeZone, operations } = options;
  const routes = makeRoutes(
    { written: file?.routes, sources, sinks, sinkTypes, templates, minSeverity, operations, timeZone },
    read,
    findings,
  );
  const { silenceMaxMs: maxMs } = options;
  const ids = (adapters: readonly AdapterInput[]) => adapters.map(({ id }) => id).filter((id) => id !== unresolved);
  const recurringSilences = recurringOf(
    file?.recurring ?? [],
    { sources: ids(sources), sinks: ids(sinks), maxMs, timeZone },
    findings,
  );
  return {
    ...options,
    recurringSilences,
    ...(heartbeatUrl !== undefined && { heartbeatUrl }),
    routes,
  } satisfies Partial<Config>;
}

function readOperations(
  file: ConfigFile | undefined,
  sinks: readonly AdapterInput[],
  findings: Findings,
): readonly string[] {
  const known = sinks.map(({ id }) => id);
  const written = (file?.operations ?? []).filter(({ text }) => text !== unresolved);
  if (!known.includes(unresolved))
    for (const { text, where } of written)
      if (!known.includes(text)) findings.problems.push(unknownName(where, text, 'sink', known));
  return [...new Set(written.map(({ text }) => text))];
}

function readStorm(file: ConfigFile | undefined, decide: Decider, read: OptionReader): Config['storm'] {
  const over = decide(file?.storm.over, 'STORM', values.stormOver) ?? values.stormOverDefault;
  const passes = priorityOf(read(file?.storm.passes, values.severity) ?? 5);
  return over === 'off' ? 'off' : { over, passes };
}

/** Once the file lists the sources, the variables that would have made them do nothing, unless the file refers to them. */
function warnOfIdleVariables(
  environment: Environment,
  name: string | undefined,
  file: ConfigFile | undefined,
  findings: Findings,
): void {
  const idle = [
    ...(file?.sources === undefined ? [] : variablesOfSources(file.sources)),
    ...(file?.sinks === undefined ? [] : variablesOfSinks),
    ...(file?.routes?.every((route) => route.content.match?.min_severity !== undefined) ? ['MIN_SEVERITY'] : []),
  ];
  for (const variable of idle) {
    if (environment.get(variable) === undefined || file?.variables.has(variable)) continue;
    findings.warnings.push(`${environment.place(variable)} does nothing: ${name} says it all.`);
  }
}

function fileOfVariable(environment: Environment): FileName | undefined {
  const name = environment.get('TOCSIN_CONFIG');
  return name === undefined ? undefined : { name, where: environment.place('TOCSIN_CONFIG') };
}

const endpointVariables = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;

function findSecrets(
  environment: Environment,
  registries: Registries,
  sources: readonly AdapterInput[],
  sinks: readonly AdapterInput[],
  file: ConfigFile | undefined,
  config: Pick<Config, 'proxy'>,
): string[] {
  const of = (...names: (KnownVariable | 'PGPASSWORD')[]) => names.map((name) => environment.get(name));
  const urls = of('DATABASE_URL', 'DATABASE_URL_DIRECT', ...endpointVariables);
  return [
    ...new Set([
      ...environment.secrets(),
      ...secretsOf(sources, registries.sources),
      ...secretsOf(sinks, registries.sinks),
      ...(file?.heartbeatUrl === undefined ? [] : [file.heartbeatUrl.text]),
      ...secretsOfHeaders(of('OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS')),
      ...of('PGPASSWORD').flatMap((password) => password ?? []),
      ...secretsOfUrls([...urls, config.proxy.httpProxy, config.proxy.httpsProxy]),
    ]),
  ];
}

/** Sources that share a variable share its fault, which is told once. */
function tidied(problems: readonly ConfigProblem[], mask: (text: string) => string): ConfigProblem[] {
  const byText = problems.map((found): [string, ConfigProblem] => [`${found.where} ${found.problem}`, found]);
  return [...new Map(byText).values()].map((found) => presentable({ ...found, problem: mask(found.problem) }));
}
