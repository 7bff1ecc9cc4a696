// Makes two sources and one sink of the variables of the script that Tocsin replaces. The only
// place outside of the adapters' folders that names their types.
import type { ConfigProblem } from '../../kit/errors.ts';
import type { AdapterInput } from './adapters.ts';
import type { Environment, Findings } from './environment.ts';
import type { ConfigFile } from './file.ts';
import type { KnownVariable } from './known.ts';

const sourceTypes = ['deepinstinct_events', 'deepinstinct_suspicious_events'];
export const sourceVariables: Readonly<Record<string, KnownVariable>> = {
  url: 'DEEPINSTINCT_URL',
  token: 'TOKENS_KEY',
  start_from: 'START_FROM',
};
export const sinkVariables: Readonly<Record<string, KnownVariable>> = {
  url: 'MATTERMOST_WEBHOOK_URL',
};

/** The variables that have no effect beside the sources of a file. */
function variablesOfSources(listed: readonly AdapterInput[]): readonly KnownVariable[] {
  const isStartOpen = listed.some(lacksStart);
  return Object.values(sourceVariables).filter((name) => name !== 'START_FROM' || !isStartOpen);
}

/** The variables that have no effect beside the sinks of a file. */
/** Those on which routes depend, as they are set; none is a secret. */
export function variablesOfRoutes(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (['MIN_SEVERITY', 'TZ'] as const).flatMap((name) => {
      const value = environment.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const variablesOfSinks = Object.values(sinkVariables);

const urlMissing = {
  problem: 'is not set, so there is no console to read from',
  remedy:
    'Set it to the address of your Deep Instinct console, such as https://console.example.com',
};
const tokenMissing = {
  problem: 'is not set, so the console would refuse every request',
  remedy:
    'Set it to the key of an API connector: in the Deep Instinct console under Settings → Integration & Notification → API Connectors. TOKENS_KEY_FILE takes the path of a file instead',
};
const hookMissing = {
  problem: 'is not set, so there is no channel to post to',
  remedy:
    'Set it to the URL of an incoming webhook: in Mattermost under Integrations → Incoming Webhooks. MATTERMOST_WEBHOOK_URL_FILE takes the path of a file instead',
};

/**
 * What a missing variable means: a problem; or no problem, and no adapter; or an adapter that lacks
 * the setting.
 */
export type Missing = 'reported' | 'accepted' | 'assumed';

/** None if a variable is missing, unless `missing` is `assumed`: then the setting is a gap. */
export function sourcesOfVariables(
  environment: Environment,
  missing: Missing,
  findings: Findings,
): AdapterInput[] {
  const wanted = { DEEPINSTINCT_URL: urlMissing, TOKENS_KEY: tokenMissing };
  const isComplete = reportMissing(wanted, environment, missing === 'reported' && findings);
  if (!isComplete && missing !== 'assumed') return [];
  const startFrom = environment.get('START_FROM');
  const settings = {
    url: environment.get('DEEPINSTINCT_URL'),
    token: environment.get('TOKENS_KEY'),
    ...(startFrom !== undefined && { start_from: startFrom }),
  };
  const place = placeIn(environment, sourceVariables, 'DEEPINSTINCT_URL');
  return sourceTypes.map((type) => ({ id: type, type, settings, place }));
}

export function sinksOfVariables(
  environment: Environment,
  missing: Missing,
  findings: Findings,
): AdapterInput[] {
  const wanted = { MATTERMOST_WEBHOOK_URL: hookMissing };
  const isComplete = reportMissing(wanted, environment, missing === 'reported' && findings);
  if (!isComplete && missing !== 'assumed') return [];
  const settings = { url: environment.get('MATTERMOST_WEBHOOK_URL') };
  const place = placeIn(environment, sinkVariables, 'MATTERMOST_WEBHOOK_URL');
  return [{ id: 'soc', type: 'mattermost', settings, place }];
}

function lacksStart({ type, settings }: AdapterInput): boolean {
  const isOfScript = type !== undefined && sourceTypes.includes(type);
  return isOfScript && !Object.hasOwn(settings, 'start_from');
}

/** START_FROM applies to sources of the file that have no `start_from`. */
export function withStartFrom(
  listed: readonly AdapterInput[],
  environment: Environment,
): AdapterInput[] {
  const startFrom = environment.get('START_FROM');
  return listed.map((input) => {
    if (startFrom === undefined || !lacksStart(input)) return input;
    const place: AdapterInput['place'] = (path, key) =>
      path[0] === 'start_from' ? environment.place('START_FROM') : input.place(path, key);
    return { ...input, settings: { ...input.settings, start_from: startFrom }, place };
  });
}

function placeIn(
  environment: Environment,
  variables: Readonly<Record<string, KnownVariable>>,
  otherwise: KnownVariable,
) {
  return (path: readonly PropertyKey[]): string =>
    environment.place(variables[String(path[0])] ?? otherwise);
}

/**
 * Does not report a variable that is set from a file that cannot be read: that was reported.
 * @param findings false: nothing is reported
 * @returns whether all of them have a value
 */
function reportMissing(
  wanted: Partial<Record<KnownVariable, Omit<ConfigProblem, 'where'>>>,
  environment: Environment,
  findings: Findings | false,
): boolean {
  const missing = Object.entries(wanted).filter(([name]) => environment.get(name) === undefined);
  for (const [name, problem] of missing)
    if (findings && !environment.isBroken(name))
      findings.problems.push({ where: name, ...problem });
  return missing.length === 0;
}

/** Takes away the "Bearer" that other products ask for; the console would answer 401. */
export function withBareToken(environment: Environment, findings: Findings): Environment {
  const bare = (name: string): string | undefined => {
    const value = environment.get(name);
    const key = name === 'TOKENS_KEY' ? value?.replace(/^bearer\s+/i, '') : value;
    if (key !== value)
      findings.warnings.push(
        `${environment.place(name)}: "Bearer " was taken off; the console wants the key alone.`,
      );
    return key;
  };
  return { ...environment, get: bare };
}

/**
 * Once the file lists the sources, the variables that would have made them have no effect, unless
 * the file refers to them.
 */
export function warnOfIdleVariables(
  name: string,
  file: ConfigFile,
  { environment, findings }: { readonly environment: Environment; readonly findings: Findings },
): void {
  const hasThresholds = file.routes?.every(
    ({ content }) => content?.match?.min_severity !== undefined,
  );
  const idle = [
    ...(file.sources === undefined ? [] : variablesOfSources(file.sources)),
    ...(file.sinks === undefined ? [] : variablesOfSinks),
    ...(hasThresholds ? ['MIN_SEVERITY'] : []),
  ];
  for (const variable of idle) {
    if (environment.get(variable) === undefined || file.variables.has(variable)) continue;
    findings.warnings.push(`${environment.place(variable)} has no effect: ${name} decides this.`);
  }
}
