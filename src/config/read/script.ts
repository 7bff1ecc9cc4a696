// What the variables of the script that Tocsin replaces mean: two sources and one sink. The one place outside of the adapters' own
// folders where their types are named; tocsin.yaml writes out the same and more.
import type { AdapterInput } from './adapters.ts';
import type { Environment, Findings } from './environment.ts';
import type { KnownVariable } from './known.ts';
import { unresolved } from './problems.ts';

const sourceTypes = ['deepinstinct_events', 'deepinstinct_suspicious_events'];
export const sourceVariables: Readonly<Record<string, KnownVariable>> = {
  url: 'DEEPINSTINCT_URL',
  token: 'TOKENS_KEY',
  start_from: 'START_FROM',
};
export const sinkVariables: Readonly<Record<string, KnownVariable>> = { url: 'MATTERMOST_WEBHOOK_URL' };

/** The variables that say nothing beside the sources that a file lists. */
export function variablesOfSources(listed: readonly AdapterInput[]): readonly KnownVariable[] {
  const isStartOpen = listed.some(lacksStart);
  return Object.values(sourceVariables).filter((name) => name !== 'START_FROM' || !isStartOpen);
}

/** The same, and beside the sinks. */
export const variablesOfSinks = Object.values(sinkVariables);

const urlMissing = {
  problem: 'is not set, so there is no console to read from',
  remedy: 'Set it to the address of your Deep Instinct console, such as https://console.example.com',
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

/** What becomes of a variable that is missing: a problem; nothing, and nothing is made of the others; or it counts as set. */
export type Missing = 'told' | 'accepted' | 'assumed';

/** None if a variable is missing, unless it is assumed. */
export function sourcesOfVariables(environment: Environment, missing: Missing, findings: Findings): AdapterInput[] {
  const otherwise = missing === 'assumed' ? unresolved : undefined;
  const url = environment.get('DEEPINSTINCT_URL') ?? otherwise;
  const token = environment.get('TOKENS_KEY') ?? otherwise;
  if (missing === 'told' && url === undefined) report(findings, environment, 'DEEPINSTINCT_URL', urlMissing);
  if (missing === 'told' && token === undefined) report(findings, environment, 'TOKENS_KEY', tokenMissing);
  if (url === undefined || token === undefined) return [];
  const startFrom = environment.get('START_FROM');
  const settings = {
    url,
    token,
    ...(startFrom !== undefined && { start_from: startFrom }),
  };
  const place = placeIn(environment, sourceVariables, 'DEEPINSTINCT_URL');
  return sourceTypes.map((type) => ({ id: type, type, settings, place }));
}

export function sinksOfVariables(environment: Environment, missing: Missing, findings: Findings): AdapterInput[] {
  const url = environment.get('MATTERMOST_WEBHOOK_URL') ?? (missing === 'assumed' ? unresolved : undefined);
  if (missing === 'told' && url === undefined) report(findings, environment, 'MATTERMOST_WEBHOOK_URL', hookMissing);
  if (url === undefined) return [];
  const place = placeIn(environment, sinkVariables, 'MATTERMOST_WEBHOOK_URL');
  return [{ id: 'soc', type: 'mattermost', settings: { url }, place }];
}

function lacksStart({ type, settings }: AdapterInput): boolean {
  return sourceTypes.includes(type) && settings.start_from === undefined;
}

/** What a file lists begins where START_FROM says, unless it says so itself. */
export function withStartFrom(listed: readonly AdapterInput[], environment: Environment): AdapterInput[] {
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
  return (path: readonly PropertyKey[]): string => environment.place(variables[String(path[0])] ?? otherwise);
}

/** A variable that is set, but from a file that cannot be read, was told about already. */
function report(
  findings: Findings,
  environment: Environment,
  name: KnownVariable,
  missing: { readonly problem: string; readonly remedy: string },
): void {
  if (!environment.isBroken(name)) findings.problems.push({ where: name, ...missing });
}

/** The console wants the bare key and answers 401 to one behind the word that other products ask for. */
export function withBareToken(environment: Environment, findings: Findings): Environment {
  const bare = (name: string): string | undefined => {
    const value = environment.get(name);
    const key = name === 'TOKENS_KEY' ? value?.replace(/^bearer\s+/i, '') : value;
    if (key !== value)
      findings.warnings.push(`${environment.place(name)}: "Bearer " was taken off; the console wants the key alone.`);
    return key;
  };
  return { ...environment, get: bare };
}
