// `tocsin routes test|diff`: what the routes make of one event: which take it, why the others do
// not, and what each sink gets; and what a draft of them would change.

import {
  type Command,
  type CommandArguments,
  type CommandGroup,
  entry,
  UsageError,
} from '../../cli/command.ts';
import { eventHelp, eventOptions, readEvent } from '../../cli/event-file.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { onOneLine } from '../../cli/lines.ts';
import { type Config, instant, loadConfig } from '../../config/index.ts';
import {
  type Explanation,
  explain,
  missWords,
  type SinkExplanation,
} from '../../core/routing/explain.ts';
import { route } from '../../core/routing/index.ts';
import { noticeSource, type StoredEvent, severityNames } from '../../kit/event.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { sinks } from '../../sinks/index.ts';
import { sources } from '../../sources/index.ts';
import { diff } from './diff.ts';
import { show } from './show.ts';
import { afterSilences } from './silenced.ts';

const test: Command = {
  details: eventHelp,
  options: {
    ...eventOptions,
    at: {
      type: 'string',
      value: '<time>',
      help: 'When it would arrive, such as 2026-03-02T22:00:00+07:00; default: now',
    },
    ...jsonOption,
  },
  async run({ values }, io) {
    const atMs = atOf(values.at);
    const config = loadConfig({
      env: io.env,
      directory: io.directory,
      registries: { sources, sinks },
    });
    const event = await readEvent(values, config, io);
    if (event.source === noticeSource)
      throw new UsageError(
        `Event ${event.id} is Tocsin’s own, and routes take none of those: a notice goes by its kind, a digest to one sink.`,
      );
    const result = await testOn(config, event, atMs);
    io.stdout(values.json === true ? jsonText(jsonOf(result), 2) : textOf(event, result));
    return exitCodes.done;
  },
};

export const command: CommandGroup = {
  subcommands: {
    show: entry('List the routes in their order', show),
    test: entry('Show what the routes make of an event and why', test),
    diff: entry('Show what a draft of the configuration would change', diff),
  },
};

/** @throws {UsageError} */
function atOf(text: CommandArguments['values'][string]): number {
  if (typeof text !== 'string') return Date.now();
  const parsed = instant(text);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`--at ${parsed.problem}. ${parsed.remedy}.`);
}

interface Tested extends Explanation {
  /** False: there was no service or database of which they could be asked. */
  readonly areSilencesKnown: boolean;
}

async function testOn(config: Config, event: StoredEvent, atMs: number): Promise<Tested> {
  const { routes, sinks: all } = config;
  const arriving = { source: event.source, event, atMs };
  const { decisions } = route(routes, arriving);
  const silenced = await afterSilences(config, { ...arriving, decisions });
  const explained = explain(
    { routes, sinks: all.map(({ id }) => id) },
    arriving,
    (routed) => silenced ?? routed,
  );
  return { ...explained, areSilencesKnown: silenced !== undefined };
}

/** As `--json` has always shown it. */
function jsonOf({ routes, sinks: all, areSilencesKnown }: Tested) {
  return {
    areSilencesKnown,
    routes,
    sinks: all.map(({ id, state, reason, silenceId, heldBy }) => ({
      id,
      state,
      reason,
      ...(silenceId !== null && { silence: silenceId }),
      // It waits for the end of the route's quiet hours.
      ...(heldBy === 'quiet' && { held: true }),
    })),
  };
}

function textOf(event: StoredEvent, { routes, sinks: all, areSilencesKnown }: Tested): string {
  const head = onOneLine(
    `${severityNames[event.severity]} ${event.type} (${event.stream}) from ${event.source}`,
  );
  const lines = [
    head,
    '',
    ...routes.map(
      ({ name, reason }) =>
        `  ${reason === null ? '✓' : '✗'} route ${name}${reason === null ? ' takes it' : ` ${missWords[reason]}`}`,
    ),
    '',
    ...all.map(
      (sink) => `  ${sink.state === 'pending' ? '→' : ' '} sink ${sink.id}: ${gets(sink)}`,
    ),
    ...(areSilencesKnown
      ? []
      : ['', 'Silences were not looked at: no service or database answers here.']),
  ];
  return `${lines.join('\n')}\n`;
}

function gets({ state, reason, silenceId, heldBy }: SinkExplanation): string {
  if (heldBy === 'quiet')
    return 'gets it when the quiet hours of the route are over, together with others';
  if (state === 'pending') return 'gets it';
  if (silenceId !== null) return `suppressed, ${reason} by silence ${silenceId}`;
  return state === 'none' ? 'is not named by any route of this source' : `suppressed, ${reason}`;
}
