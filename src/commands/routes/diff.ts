// `tocsin routes diff`: applies a draft of the configuration to the stored events and compares the
// result with that of the configuration in use. Reads the history page by page, keeps one page in
// memory, and calls no far end.

import {
  type Command,
  type CommandArguments,
  type CommandIo,
  UsageError,
} from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import {
  type Config,
  type ConfigReading,
  findDefinition,
  type LoadOptions,
  readConfig,
  secretsOf,
  wholeNumber,
} from '../../config/index.ts';
import {
  type Comparer,
  comparePolicies,
  graveLost,
  isGrave,
  type Policy,
  type Renames,
  renamesOf,
} from '../../core/routing/comparison.ts';
import { priorityOf } from '../../core/routing/index.ts';
import { type EventBody, severityNames } from '../../kit/event.ts';
import { parsePast } from '../../kit/past.ts';
import type { PastEvent } from '../../kit/records/past.ts';
import { events } from '../../operations/index.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { type Operate, withOperations } from '../../service/operate.ts';
import { sinks } from '../../sinks/index.ts';
import { sources } from '../../sources/index.ts';
import { comparisonText, type LostEvent } from './diff-text.ts';

const details =
  'It runs the draft over the events that are stored, each at the time of its arrival, and shows what every sink would have got and ' +
  'what it gets by the configuration in use; and it names the events of HIGH, CRITICAL or unknown severity that would be announced ' +
  'nowhere any more. It counts events: grouping, throttling, storms and silences are not replayed, and notices of Tocsin itself are ' +
  'left out. Credentials may be missing.\n' +
  'Exit code 0 if no such event would be lost, 1 if one would, 78 if a configuration is bad.';

export const diff: Command = {
  details,
  options: {
    config: { type: 'string', value: '<file>', help: 'The draft of a tocsin.yaml' },
    since: {
      type: 'string',
      value: '<time>',
      help: 'Events of how long back, such as 30d (default) or 12h, or from which date on, such as 2026-02-03',
    },
    limit: {
      type: 'string',
      value: '<count>',
      help: 'How many lost events are listed; default: 20',
    },
    ...jsonOption,
  },
  run: ({ values }, io) => diffRoutes(values, io),
};

type Values = CommandArguments['values'];

/** @throws {UsageError}, {ConfigError} */
async function diffRoutes(values: Values, io: CommandIo): Promise<number> {
  if (typeof values.config !== 'string')
    throw new UsageError('Which draft? Name its file: --config <file>.');
  const sinceMs = sinceOf(String(values.since ?? '30d'), Date.now());
  const limit = limitOf(String(values.limit ?? '20'));
  const draft = load(io, { needs: [], file: { name: values.config, where: '--config' } });
  const current = load(io, { needs: ['database'] });
  const renames = {
    sources: renamesOf(sourcesOf(current), sourcesOf(draft)),
    sinks: renamesOf(sinksOf(current), sinksOf(draft)),
  };
  const comparer = comparePolicies(policyOf(current.config), policyOf(draft.config), renames);
  await withOperations(current.config, io, async (run) => {
    const lost = lostPages(run, sinceMs, comparer);
    if (values.json === true) await printJson(lost, { comparer, renames, sinceMs }, io);
    else io.stdout(comparisonText(sinceMs, await gravest(lost, limit), comparer.result(), renames));
  });
  return graveLost(comparer.result()) > 0 ? exitCodes.failed : exitCodes.done;
}

function load(
  { env, directory }: CommandIo,
  options: Pick<LoadOptions, 'needs' | 'file'>,
): ConfigReading {
  return readConfig({
    env,
    directory,
    registries: { sources, sinks },
    areCredentialsOptional: true,
    ...options,
  });
}

function policyOf({ routes, sinks: all }: Config): Policy {
  return { routes, sinks: all.map(({ id }) => id) };
}

/** The console and the type. Without its credentials nothing is known of one. */
function sourcesOf({ config }: ConfigReading) {
  return config.sources.map(({ id, type, settings }) => {
    const console =
      settings === undefined ? undefined : findDefinition(sources, type)?.consoleOf?.(settings);
    return { id, identity: console === undefined ? undefined : JSON.stringify([type, console]) };
  });
}

/**
 * All settings, if there is a secret such as a webhook among them: without one, two of a type are
 * not the same thing.
 */
function sinksOf({ config, sinks: inputs }: ConfigReading) {
  return config.sinks.map(({ id, type, settings }) => {
    const isOwn =
      secretsOf(
        inputs.filter((input) => input.id === id),
        sinks,
      ).length > 0;
    return {
      id,
      identity: settings === undefined || !isOwn ? undefined : JSON.stringify([type, settings]),
    };
  });
}

function sinceOf(text: string, nowMs: number): number {
  try {
    const past = parsePast(text.trim());
    if (past !== undefined) return Math.max(0, past.kind === 'date' ? past.ms : nowMs - past.ms);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--since ${text} ${error.message}.`);
    throw error;
  }
  throw new UsageError(
    `--since ${text} is neither a duration such as 30d or 12h nor a date such as 2026-02-03.`,
  );
}

function limitOf(text: string): number {
  const parsed = wholeNumber(0, 10_000, '')(text);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`--limit ${parsed.problem}. ${parsed.remedy}.`);
}

/**
 * Reads to the end and counts; gives the grave ones among the lost, in the order of their arrival.
 */
async function* lostPages(
  run: Operate,
  sinceMs: number,
  comparer: Comparer,
): AsyncGenerator<readonly LostEvent[]> {
  let afterId: number | null = null;
  for (;;) {
    const page: readonly PastEvent[] = await run(events.page, { sinceMs, afterId });
    const last = page.at(-1);
    if (last === undefined) return;
    afterId = last.id;
    yield page.flatMap((event) => lostOf(event, comparer));
  }
}

function lostOf(event: PastEvent, comparer: Comparer): LostEvent[] {
  const body = JSON.parse(event.body) as EventBody;
  const losses = comparer.add({ ...event, body });
  if (losses === undefined || !isGrave(event.severity)) return [];
  const { id, source, type, severity, receivedAtMs } = event;
  const receivedAt = new Date(receivedAtMs).toISOString();
  const { device, itemId } = body;
  return [
    {
      id,
      receivedAt,
      severity,
      type,
      source,
      device: device?.name ?? null,
      item: itemId ?? null,
      losses,
    },
  ];
}

/** The most urgent ones, of these the newest, most urgent first. */
async function gravest(
  pages: AsyncIterable<readonly LostEvent[]>,
  limit: number,
): Promise<LostEvent[]> {
  let kept: LostEvent[] = [];
  for await (const page of pages) {
    if (page.length === 0) continue;
    kept = [...kept, ...page].sort(
      (a, b) => priorityOf(a.severity) - priorityOf(b.severity) || b.id - a.id,
    );
    kept.length = Math.min(kept.length, limit);
  }
  return kept;
}

/**
 * Writes one JSON document while it reads the history, so that memory does not grow with the events
 * that are lost.
 */
async function printJson(
  pages: AsyncIterable<readonly LostEvent[]>,
  { comparer, renames, sinceMs }: { comparer: Comparer; renames: Renames; sinceMs: number },
  io: CommandIo,
): Promise<void> {
  let before = '{"lost":[\n';
  for await (const page of pages) {
    for (const { severity, ...event } of page) {
      io.stdout(before + jsonText({ severity: severityNames[severity], ...event }).trimEnd());
      before = ',\n';
    }
  }
  const { lost, gained, ...rest } = comparer.result();
  const named = (counts: readonly number[]) =>
    Object.fromEntries(severityNames.map((name, at) => [name, counts[at]]));
  const totals = {
    since: new Date(sinceMs).toISOString(),
    ...rest,
    renamed: {
      sources: Object.fromEntries(renames.sources),
      sinks: Object.fromEntries(renames.sinks),
    },
    lostBySeverity: named(lost),
    gainedBySeverity: named(gained),
  };
  io.stdout(`${before.startsWith('{') ? before : '\n'}],${jsonText(totals).slice(1)}`);
}
