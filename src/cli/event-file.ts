// Reads the event that a command is to try: a stored one, one as the vendor's console shows it, or
// one that people wrote, in which every key is optional.
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { type Severity, type StoredEvent, severityNames } from '../kit/event.ts';
import { parseSeverity } from '../kit/severity.ts';
import { events } from '../operations/index.ts';
import { operate } from '../service/operate.ts';
import { sources } from '../sources/index.ts';
import { type Command, type CommandArguments, type CommandIo, UsageError } from './command.ts';
import { readGivenFile } from './given-file.ts';
import { unknownId } from './unknown-id.ts';

const noSeverity = `is none of ${severityNames.join(', ')}, nor a number from 0 to 5`;
const severityOf = (value: string | number) =>
  typeof value === 'number' ? (value as Severity) : parseSeverity(value);
const severity = z
  .union([z.string(), z.int().min(0).max(5)], noSeverity)
  .refine((value) => severityOf(value) !== undefined, noSeverity)
  .transform((value) => severityOf(value)!);

const facts = z.record(z.string(), z.union([z.string(), z.number()])).optional();
/** Only the parts whose form rules and cards rely on. */
const body = z.looseObject({
  device: facts,
  tenant: facts,
  file: facts,
  process: facts,
  parentProcess: facts,
  techniques: z.array(z.looseObject({ id: z.string() })).optional(),
});

const eventFile = z.strictObject({
  source: z.string().optional(),
  stream: z.string().default('event'),
  type: z.string().default('UNRECOGNISED'),
  severity: severity.default(0),
  status: z.string().nullable().default(null),
  action: z.string().nullable().default(null),
  occurredAt: z.iso.datetime({ offset: true }).nullable().default(null),
  body: body.default({}),
});

/** The options by which a command gets one event. */
export const eventOptions = {
  event: { type: 'string', value: '<file>', help: 'The event, as JSON; - for stdin' },
  id: { type: 'string', value: '<id>', help: 'In place of a file: a stored event' },
  source: { type: 'string', value: '<source>', help: 'Which source the event is of' },
} as const satisfies Command['options'];

/** What `--help` says about these options. */
export const eventHelp =
  'The event is one of these:\n' +
  '--id 4711: a stored one, by the number that "tocsin dead list" shows; with --source, by its number in the vendor’s console.\n' +
  '--event <file>: one as the vendor’s console or API shows it, read as its source reads it. Where several sources could have ' +
  'read it, --source says which.\n' +
  '--event <file>: one of your own, every key optional: {"source": "di", "stream": "event", "type": "STATIC_ANALYSIS", ' +
  '"severity": "HIGH", "status": "OPEN", "action": "DETECTED", "body": {"device": {"name": "SRV-01"}}}. "-" reads it from stdin.';

/**
 * The event that the options name. Only `--id` needs a database.
 * @throws {UsageError} none is named, or what is named is no event; {Error} none is stored under
 * that number
 */
export async function readEvent(
  values: CommandArguments['values'],
  config: Pick<Config, 'sources'>,
  io: CommandIo,
): Promise<StoredEvent> {
  const [file, id, source] = [values.event, values.id, values.source] as (string | undefined)[];
  if (source !== undefined) assertSource(source, config);
  if ((file === undefined) === (id === undefined))
    throw new UsageError(
      'Which event? Name a file by --event <file>, or a stored event by --id <id>.',
    );
  return file === undefined
    ? storedEvent(id!, source, io)
    : eventOfFile({ name: file, directory: io.directory, source }, config);
}

function assertSource(source: string, { sources: configured }: Pick<Config, 'sources'>): void {
  if (configured.some(({ id }) => id === source)) return;
  throw unknownId(
    'source',
    source,
    configured.map(({ id }) => id),
  );
}

async function storedEvent(
  id: string,
  source: string | undefined,
  io: CommandIo,
): Promise<StoredEvent> {
  const key = source === undefined ? { id: Number(id) } : { source, externalId: id };
  if (source === undefined && !(/^[1-9]\d*$/.test(id) && Number.isSafeInteger(Number(id))))
    throw new UsageError(
      `--id ${id} is no number of a stored event, as "tocsin dead list" shows them. With --source, it is the vendor’s.`,
    );
  const event = await operate(io, events.read, { event: key });
  if (event !== null) return event;
  const named = source === undefined ? `event ${id}` : `item ${id} of source ${source}`;
  throw new Error(
    `${named} is not stored here, or no longer (RETENTION). "tocsin dead list" and "tocsin routes diff" show numbers of events; ` +
      'for the number in the vendor’s console, name its source too: --source <source>.',
  );
}

interface EventFile {
  readonly name: string;
  readonly directory: string;
  /** The id of the source that was named. */
  readonly source: string | undefined;
}

function eventOfFile(
  { name, directory, source }: EventFile,
  config: Pick<Config, 'sources'>,
): StoredEvent {
  const text = readGivenFile(name, directory);
  const own = eventFile.safeParse(parse(text, name));
  if (own.success) {
    return complete({
      ...own.data,
      source: source ?? own.data.source ?? config.sources[0]?.id ?? '',
    } as Read);
  }
  const readers = readersOf(text, source, config);
  if (readers.length === 1) return complete(readers[0]!);
  if (readers.length > 1) {
    const ids = readers.map((one) => one.source).join(', ');
    throw new UsageError(
      `${name} may be of several sources: ${ids}. Say which: --source <source>.`,
    );
  }
  const [issue] = own.error.issues;
  const place = issue?.path.join('.') || 'the event';
  const hint =
    place === 'the event'
      ? '. It is no single event as a source here reads one, nor one in our own form'
      : '';
  throw new UsageError(`${name}: ${place}: ${issue?.message}${hint}`);
}

type Read = Omit<StoredEvent, 'id' | 'subject' | 'receivedAt' | 'externalId'> &
  Partial<StoredEvent>;

function complete(event: Read): StoredEvent {
  return {
    id: 0,
    externalId: '0',
    subject: 'event/0',
    receivedAt: new Date().toISOString(),
    ...event,
  };
}

/** The vendor's item as each source reads it that could have read it. */
function readersOf(
  text: string,
  source: string | undefined,
  { sources: configured }: Pick<Config, 'sources'>,
): Read[] {
  const types = Object.keys(sources).map((type) => ({ id: type, type, settings: undefined }));
  const candidates = configured.length > 0 ? configured : types;
  const found = candidates
    .filter(({ id }) => source === undefined || id === source)
    .flatMap(({ id, type, settings }) => {
      const draft = sources[type]?.readItem?.(text, settings);
      if (draft === undefined) return [];
      const { raw: _, ...event } = draft;
      return [
        { ...event, source: id, isOwnType: sources[type]?.types?.includes(draft.type) ?? false },
      ];
    });
  // Streams of one vendor have the same shape; the type distinguishes most of them.
  const certain = found.filter(({ isOwnType }) => isOwnType);
  return (certain.length > 0 ? certain : found).map(({ isOwnType: _, ...event }) => event);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is no JSON.`);
  }
}
