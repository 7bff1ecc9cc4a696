// `tocsin source try`: what a source would make of a sample, and where that would go. Reads no
// database and calls nobody.
import { type Command, type CommandIo, UsageError } from '../cli/command.ts';
import { readGivenFile } from '../cli/given-file.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine } from '../cli/lines.ts';
import { unknownId } from '../cli/unknown-id.ts';
import { type Config, loadConfig } from '../config/index.ts';
import { type Route, route } from '../core/routing/index.ts';
import { AdapterError } from '../kit/errors.ts';
import { type EventDraft, severityNames } from '../kit/event.ts';
import { createHttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { Pushed } from '../kit/source.ts';
import { cutMiddle } from '../kit/text.ts';
import { createSources } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

export const tryOut: Command = {
  arguments: [{ name: '<id>', help: 'a source of the configuration' }],
  details:
    'The sample is what the product sends or answers, or one item as the console shows it. Nothing is stored or sent. ' +
    'Exit code 1: the source does not understand it.',
  options: {
    file: { type: 'string', value: '<file>', help: 'The sample; - for stdin' },
    header: {
      ...{ type: 'string', value: '<name: value>', multiple: true },
      help: 'A header that came with it, such as "webhook-id: msg_1"',
    },
    ...jsonOption,
  },
  async run({ values, positionals: [id = ''] }, io) {
    if (typeof values.file !== 'string')
      throw new UsageError('Which sample? Name a file by --file <file>, or - for stdin.');
    const registries = { sources, sinks };
    const config = loadConfig({ ...io, registries, needs: ['sources'] });
    const text = readGivenFile(values.file, io.directory);
    const headers = headersOf((values.header ?? []) as readonly string[]);
    try {
      const pushed = await understood({ id, text, headers }, config);
      const results = pushed.events.map((event) => ({
        ...event,
        sinks: takersOf(event, id, config.routes),
      }));
      const { acts = [] } = pushed;
      io.stdout(values.json ? jsonText({ events: results, acts }, 2) : linesOf(results, acts));
      return exitCodes.done;
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      return failed(error, config, io);
    }
  },
};

function failed(error: AdapterError, { secrets }: Config, io: CommandIo): number {
  io.stderr(`${onOneLine(createMask(secrets)(error.message))}\n`);
  return exitCodes.failed;
}

/** @throws {UsageError} */
function headersOf(written: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of written) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*([\x20-\x7e]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--header "${line}" is not written as "Name: value".`);
    headers.append(name, value);
  }
  return headers;
}

interface Sample {
  readonly id: string;
  readonly text: string;
  readonly headers: Headers;
}

/** @throws {AdapterError} the source does not understand it; {UsageError} there is no such source */
async function understood({ id, text, headers }: Sample, config: Config): Promise<Pushed> {
  const configured = config.sources.find((one) => one.id === id);
  if (configured === undefined)
    throw unknownId(
      'source',
      id,
      config.sources.map((one) => one.id),
    );
  const http = createHttpClient();
  try {
    const around = { http, now: Date.now };
    const { pushed, polled } = createSources(config, { sources, sinks }, around);
    const source = pushed.find((one) => one.id === id)?.source;
    if (source !== undefined) {
      const body = new TextEncoder().encode(text);
      return source.parse({ headers, query: new URLSearchParams(), body });
    }
    const event = sources[configured.type]?.readItem?.(text, configured.settings);
    if (event !== undefined) return { events: [event] };
    const read = polled.find((one) => one.id === id)?.source;
    if (read?.readAnswer !== undefined) return { events: read.readAnswer(text) };
  } finally {
    await http.close();
  }
  throw new AdapterError(
    'reject_event',
    'malformed',
    'The sample is no single item of this source.',
  );
}

function takersOf(event: EventDraft, source: string, routes: readonly Route[]): string[] {
  const { decisions } = route(routes, { source, event, atMs: Date.now() });
  return decisions.filter(({ state }) => state === 'pending').map(({ sink }) => sink);
}

type Result = EventDraft & { readonly sinks: readonly string[] };

/** Attackers choose names, and the lines go to a terminal. */
function linesOf(results: readonly Result[], acts: NonNullable<Pushed['acts']>): string {
  if (results.length + acts.length === 0) return 'it holds no event\n';
  const done = acts.map(
    ({ kind, event, person }) => `event ${event} becomes ${kind}, by ${person}`,
  );
  return [...results.flatMap(describe), ...done].map((line) => `${onOneLine(line)}\n`).join('');
}

function describe({
  externalId,
  type,
  severity,
  occurredAt,
  stream,
  body,
  sinks: to,
}: Result): string[] {
  const facts = Object.entries(flat(body)).map(
    ([name, value]) => `    ${name}: ${cutMiddle(value, 200)}`,
  );
  return [
    `${severityNames[severity]}  ${cutMiddle(type, 100)}`,
    `  id: ${externalId}${stream === 'event' ? '' : ` (${stream})`}`,
    `  time: ${occurredAt ?? 'not said'}`,
    `  goes to: ${to.join(', ') || 'nobody'}`,
    ...(facts.length === 0 ? [] : ['  facts:', ...facts]),
  ];
}

/** `device.name` and its like, as the configuration calls them. */
function flat(value: object, prefix = ''): Record<string, string> {
  const entries = Object.entries(value).flatMap(([key, one]): [string, string][] =>
    typeof one === 'object' && one !== null
      ? Object.entries(flat(one as object, `${prefix}${key}.`))
      : [[prefix + key, String(one)]],
  );
  return Object.fromEntries(entries);
}
