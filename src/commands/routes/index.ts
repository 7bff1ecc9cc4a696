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
import { judge, route } from '../../core/routing/index.ts';
import { isWithin } from '../../core/rules/schedule.ts';
import { noticeSource, type StoredEvent, severityNames } from '../../kit/event.ts';
import type { Miss } from '../../kit/records/suppression.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { sinks } from '../../sinks/index.ts';
import { sources } from '../../sources/index.ts';
import { diff } from './diff.ts';
import { afterSilences } from './silenced.ts';

const words: Readonly<Record<Miss, string>> = {
  other_source: 'is for other sources',
  below_min_severity: 'wants a higher severity',
  other_stream: 'is for other streams',
  other_type: 'is for other types',
  other_action: 'is for other actions',
  other_status: 'is for other statuses',
  other_tenant: 'is for other tenants',
  other_device: 'is for other devices',
  other_group: 'is for other groups of devices',
  other_network: 'is for other networks',
  excluded: 'leaves it out (not)',
  outside_active: 'is not active at this time',
  muted: 'is muted at this time',
  repeat: 'does not take what was seen before',
  when_is_false: 'has a condition (when) that is false',
  taken_before: 'does not see it: an earlier route took it and does not continue',
};

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
    const result = await explain(config, event, atMs);
    io.stdout(values.json === true ? jsonText(result, 2) : textOf(event, result));
    return exitCodes.done;
  },
};

export const command: CommandGroup = {
  subcommands: {
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

interface Explanation {
  /** In their order; `reason` is null of those that take the event. */
  readonly routes: readonly { readonly name: string; readonly reason: Miss | null }[];
  readonly sinks: readonly SinkExplanation[];
  /** False: there was no service or database of which they could be asked. */
  readonly areSilencesKnown: boolean;
}

interface SinkExplanation {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  /** The number of the silence that hides it. */
  readonly silence?: number;
  /** It waits for the end of the route's quiet hours. */
  readonly held?: true;
}

async function explain(config: Config, event: StoredEvent, atMs: number): Promise<Explanation> {
  const { routes, sinks: all } = config;
  const draft = { ...event, raw: '{}' };
  const misses = judge(routes, { source: event.source, event: draft, atMs });
  const { decisions } = route(routes, { source: event.source, event: draft, atMs });
  const silenced = await afterSilences(config, {
    source: event.source,
    event: draft,
    decisions,
    atMs,
  });
  return {
    areSilencesKnown: silenced !== undefined,
    routes: routes.map(({ name }, index) => ({ name, reason: misses[index] ?? null })),
    sinks: all.map(({ id }) => {
      const {
        state = 'none',
        reason = null,
        silenceId,
        route: by,
        groupKey,
      } = (silenced ?? decisions).find(({ sink }) => sink === id) ?? {};
      const quiet =
        groupKey === undefined ? undefined : routes.find(({ name }) => name === by)?.quiet;
      const isHeld = state === 'pending' && quiet !== undefined && isWithin(quiet.times, atMs);
      return {
        id,
        state,
        reason,
        ...(silenceId !== undefined && { silence: silenceId }),
        ...(isHeld && { held: true }),
      };
    }),
  };
}

function textOf(event: StoredEvent, { routes, sinks: all, areSilencesKnown }: Explanation): string {
  const head = onOneLine(
    `${severityNames[event.severity]} ${event.type} (${event.stream}) from ${event.source}`,
  );
  const lines = [
    head,
    '',
    ...routes.map(
      ({ name, reason }) =>
        `  ${reason === null ? '✓' : '✗'} route ${name}${reason === null ? ' takes it' : ` ${words[reason]}`}`,
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

function gets({ state, reason, silence, held }: SinkExplanation): string {
  if (held) return 'gets it when the quiet hours of the route are over, together with others';
  if (state === 'pending') return 'gets it';
  if (silence !== undefined) return `suppressed, ${reason} by silence ${silence}`;
  return state === 'none' ? 'is not named by any route of this source' : `suppressed, ${reason}`;
}
