// Completes the document of a tocsin.yaml with what it leaves to the variables and the defaults.
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { severityNames } from '../../kit/event.ts';
import type { AdapterInput } from '../read/adapters.ts';
import { type Environment, readSecret } from '../read/environment.ts';
import { secretKeysOf } from '../read/inline-secrets.ts';
import type { KnownVariable } from '../read/known.ts';
import type { ConfigReading } from '../read/reading.ts';
import { fileSchema } from '../read/schema/file.ts';
import { sinkVariables, sourceVariables } from '../read/script.ts';
import { literally } from '../read/yaml.ts';

/** Keys come in the order in which the schema has them. */
export function completeFile(document: Document, reading: ConfigReading): void {
  const { config, environment, file, sources, sinks } = reading;
  const root = document.contents as YAMLMap;
  // Between braces there is no room for comments.
  root.flow = false;
  const add = (key: string, value: unknown) =>
    insert(document, key, document.createNode(value) as Node);
  if (file?.sources === undefined && sources.length > 0)
    add('sources', adaptersFrom('sources', reading));
  if (file?.sinks === undefined && sinks.length > 0) add('sinks', adaptersFrom('sinks', reading));
  if (file?.routes !== undefined) writeThresholds(document, reading);
  else if (sinks.length > 0) {
    const [{ minSeverity, to }] = config.routes as [ConfigReading['config']['routes'][number]];
    const match = minSeverity > 0 ? { match: { min_severity: severityNames[minSeverity] } } : {};
    add('routes', [{ name: 'default', ...match, to }]);
    for (const key of ['match', 'to']) {
      const short = document.getIn(['routes', 0, key]);
      if (isMap(short) || isSeq(short)) short.flow = true;
    }
  }
  if (environment.get('HEARTBEAT_URL') !== undefined && file?.heartbeatUrl === undefined)
    add('heartbeat', heartbeatFrom(reading));
  const { storm } = config;
  const write = (key: string, value: string | number, variable: KnownVariable) =>
    writeOption({ key, value, variable }, document, environment);
  if (isMap(document.get('storm'))) {
    if (file?.storm.over === undefined)
      document.setIn(['storm', 'over'], storm === 'off' ? storm : storm.over);
  } else write('storm', storm === 'off' ? storm : storm.over, 'STORM');
  write('polling_interval', config.pollingIntervalSeconds, 'POLLING_INTERVAL');
  write('locale', config.locale, 'LOCALE');
  write('time_zone', config.timeZone, 'TZ');
}

/** The adapters that the variables of the script make, as a file would list them. */
function adaptersFrom(kind: 'sources' | 'sinks', reading: ConfigReading): Record<string, unknown> {
  const variables = kind === 'sources' ? sourceVariables : sinkVariables;
  const entries = reading[kind].map(({ id, type, settings }: AdapterInput) => {
    const secrets = secretKeysOf(reading.registries[kind], type);
    const written = Object.entries(settings).map(([key, value]) =>
      secrets.includes(key)
        ? secretFrom({ key, variable: variables[key]!, value: String(value) }, reading)
        : [key, literally(String(value))],
    );
    return [id, { type, ...Object.fromEntries(written) }];
  });
  return Object.fromEntries(entries);
}

function heartbeatFrom(reading: ConfigReading): Record<string, string> {
  const value = reading.config.heartbeatUrl!;
  return Object.fromEntries([
    secretFrom({ key: 'url', variable: 'HEARTBEAT_URL', value }, reading),
  ]);
}

interface SecretValue {
  /** Of the setting. */
  readonly key: string;
  readonly variable: KnownVariable;
  readonly value: string;
}

/** Key and value for the file: a reference to the variable, or the path of the secret's file. */
function secretFrom(
  { key, variable, value }: SecretValue,
  { environment }: ConfigReading,
): [string, string] {
  const path = environment.fileOf(variable);
  // "Bearer" is taken away only from a variable, so a file that holds it cannot be named.
  const isInFile =
    path !== undefined && readSecret(path, variable, { problems: [], warnings: [] }) === value;
  return !isInFile ? [key, `\${${variable}}`] : [`${key}_file`, literally(path)];
}

/** Gives routes without a threshold the one of MIN_SEVERITY. */
function writeThresholds(document: Document, { config, environment, file }: ConfigReading): void {
  if (environment.get('MIN_SEVERITY') === undefined) return;
  for (const [index, { content }] of file!.routes!.entries()) {
    const { minSeverity } = config.routes[index]!;
    if (content?.match?.min_severity !== undefined || minSeverity === 0) continue;
    const found = document.getIn(['routes', index, 'match'], true);
    const match = isAlias(found) ? found.resolve(document) : found;
    const threshold = severityNames[minSeverity];
    if (isMap(match)) match.set('min_severity', threshold);
    else
      document.setIn(
        ['routes', index, 'match'],
        document.createNode({ min_severity: threshold }, { flow: true }),
      );
  }
}

interface OptionValue {
  readonly key: string;
  readonly value: string | number;
  /** The variable with the same meaning. */
  readonly variable: KnownVariable;
}

function writeOption(
  { key, value, variable }: OptionValue,
  document: Document,
  environment: Environment,
): void {
  if (document.has(key)) return;
  const node = document.createNode(value) as Scalar;
  const isSet = environment.get(variable) !== undefined;
  node.comment = isSet ? ` from ${environment.place(variable)}` : ' as nothing says otherwise';
  insert(document, key, node);
}

function insert(document: Document, key: string, value: Node): void {
  const { items } = document.contents as YAMLMap;
  const order = Object.keys(fileSchema.shape);
  const next = order.slice(order.indexOf(key) + 1).find((later) => document.has(later));
  const found = items.findIndex((item) => isScalar(item.key) && item.key.value === next);
  const index = found === -1 ? items.length : found;
  const created = document.createNode(key) as Scalar;
  created.spaceBefore = index > 0 && (isCollection(value) || isCollection(items[index - 1]!.value));
  items.splice(index, 0, new Pair<unknown, unknown>(created, value));
  const head = items[1]?.key;
  // A comment at the top is about the file, and stays there.
  if (index !== 0 || !isScalar(head) || !head.commentBefore) return;
  created.commentBefore = head.commentBefore;
  head.commentBefore = null;
}
