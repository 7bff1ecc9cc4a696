// Reads what `tocsin silence add|preview` should silence, from options or a file, and names
// everything that is wrong at once.

import {
  type Command,
  type CommandArguments,
  type CommandIo,
  UsageError,
} from '../../cli/command.ts';
import { problemLines } from '../../cli/dispatch.ts';
import { readGivenFile } from '../../cli/given-file.ts';
import {
  type Findings,
  type KnownIds,
  ownValue,
  presentable,
  readSilences,
  shownName,
  silencesOf,
} from '../../config/index.ts';
import type { SilenceRequest } from '../../core/silences/add.ts';
import { InputError } from '../../operations/index.ts';

export const untilOption = {
  type: 'string',
  value: '<time>',
  help: 'Until when, such as 2026-03-02T22:00:00+07:00',
} as const;

/** What a silence is about. */
export const matcherOptions = {
  match: {
    type: 'string',
    multiple: true,
    value: '<key=value>',
    help: 'What it is about, such as types=RANSOM*',
  },
  when: {
    type: 'string',
    value: '<expression>',
    help: "A condition in CEL, such as 'event.severity < 4'",
  },
  sink: {
    type: 'string',
    multiple: true,
    value: '<id>',
    help: 'Only for this sink; default: all',
  },
} as const satisfies Command['options'];

type Values = CommandArguments['values'];

/** @throws {UsageError} */
export function readRequests(values: Values, known: KnownIds, io: CommandIo): SilenceRequest[] {
  const findings: Findings = { problems: [], warnings: [] };
  const requests =
    values.file === undefined
      ? ofOptions(values, known, findings)
      : ofFile(values, known, io, findings);
  return requestsOrProblems(requests, findings);
}

/**
 * What a silence with these options would match.
 * @throws {UsageError}
 */
export function readMatcher(
  { match, when, sink }: Values,
  known: KnownIds,
): SilenceRequest['matcher'] {
  const given = Object.fromEntries(
    Object.entries({ match, when, sink }).filter(([, value]) => value !== undefined),
  );
  const findings: Findings = { problems: [], warnings: [] };
  // The rest of a silence is not asked for.
  const rest = { owner: 'nobody', reason: 'none', for: '1s' };
  const [request] = ofOptions({ ...given, ...rest }, known, findings);
  return requestsOrProblems(request === undefined ? [] : [request], findings)[0]!.matcher;
}

function requestsOrProblems(requests: SilenceRequest[], { problems }: Findings): SilenceRequest[] {
  if (problems.length === 0) return requests;
  throw new UsageError(
    `this cannot be silenced:\n${problemLines(problems.map(presentable)).join('')}`,
  );
}

function ofFile(
  values: Values,
  known: KnownIds,
  io: CommandIo,
  findings: Findings,
): SilenceRequest[] {
  const name = String(values.file);
  const other = Object.keys(values).find(
    (option) => !['file', 'all-events', 'json'].includes(option),
  );
  if (other !== undefined)
    throw new UsageError(`--file says it all, so --${other} does not belong here.`);
  const text = readGivenFile(name, io.directory);
  const lookUp = (variable: string) => ownValue(io.env, variable);
  return readSilences({ text, name, lookUp }, known, findings);
}

/** What is wrong with a request is a wrong use of the command. */
export function refuse(error: unknown): never {
  if (!(error instanceof InputError)) throw error;
  const hint = '\n--all-events says that all events are meant.';
  throw new UsageError(`${error.message}${/every event/.test(error.message) ? hint : ''}`);
}

/** Treats the options as a file with one silence, so that both go through the same checks. */
function ofOptions(values: Values, known: KnownIds, findings: Findings): SilenceRequest[] {
  const { owner, reason, from, until, for: length, when, sink: sinks } = values;
  const match = matchOf((values.match ?? []) as string[]);
  const written = { owner, reason, from, until, for: length, when, sinks, match };
  const given = Object.fromEntries(
    Object.entries(written).filter(([, value]) => value !== undefined),
  );
  const place = ([, ...path]: readonly PropertyKey[], misplaced?: string) =>
    placeOf(path, misplaced, given);
  return silencesOf({ content: [given], place }, known, findings);
}

/** The option with the faulty value, as it was typed: `--match types=A`. */
function placeOf(
  path: readonly PropertyKey[],
  misplaced: string | undefined,
  given: Record<string, unknown>,
): string {
  const [key, part, index] = path;
  if (key === undefined) return 'the silence';
  if (key === 'sinks')
    return `--sink ${shownName(String([given.sinks].flat()[Number(part ?? 0)]))}`;
  if (key !== 'match') return `--${String(key)}`;
  const values = [(given.match as Record<string, unknown> | undefined)?.[String(part)]].flat();
  const name = String(part ?? misplaced);
  return index === undefined ? `--match ${name}` : `--match ${name}=${values[Number(index)]}`;
}

function matchOf(pairs: readonly string[]): Record<string, string | string[]> | undefined {
  const match: Record<string, string | string[]> = Object.create(null);
  for (const pair of pairs) {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (key === '')
      throw new UsageError(`--match ${pair} is no key and value such as types=RANSOM*.`);
    const before = Object.hasOwn(match, key) ? [match[key]!].flat() : [];
    match[key] = key === 'min_severity' && before.length === 0 ? value : [...before, value];
  }
  return pairs.length === 0 ? undefined : match;
}
