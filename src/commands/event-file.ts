// An event out of a file, for commands that try what would become of one. What the file leaves out is what vendors leave out.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Severity, type StoredEvent, severityNames } from '../core/event.ts';
import { UsageError } from './command.ts';

const severity = z
  .union(
    [z.enum(severityNames), z.int().min(0).max(5)],
    `is none of ${severityNames.join(', ')}, nor a number from 0 to 5`,
  )
  .transform((value) => (typeof value === 'number' ? value : severityNames.indexOf(value)) as Severity);

const facts = z.record(z.string(), z.union([z.string(), z.number()])).optional();
/** As far as rules and cards rely on its form. */
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

/** What `--help` says about the file. */
export const eventFileHelp =
  'The file holds one event as JSON, every key optional: {"source": "di", "stream": "event", "type": "STATIC_ANALYSIS",\n' +
  '"severity": "HIGH", "status": "OPEN", "action": "DETECTED", "body": {"device": {"name": "SRV-01"}}}. "-" reads it from stdin.';

/** @param source of an event that names none @throws {UsageError} */
export function readEventFile(name: unknown, directory: string, source: string): StoredEvent {
  if (typeof name !== 'string') throw new UsageError('Which event? Name a file: --event <file>.');
  const parsed = eventFile.safeParse(parseText(name, directory));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') || 'the event';
    throw new UsageError(`${name}: ${place}: ${issue?.message}`);
  }
  const now = new Date().toISOString();
  return { source, id: 0, externalId: '0', subject: 'event/0', receivedAt: now, ...parsed.data } as StoredEvent;
}

function parseText(name: string, directory: string): unknown {
  let text: string;
  try {
    text = readFileSync(name === '-' ? 0 : resolve(directory, name), 'utf8');
  } catch (error) {
    throw new UsageError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is no JSON.`);
  }
}
