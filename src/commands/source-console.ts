// `tocsin source search|show`: what the console of a source holds now.
import { type Command, type CommandArguments, type CommandIo, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine } from '../cli/lines.ts';
import { momentOf, sinceOf } from '../cli/option-values.ts';
import { severityNames } from '../kit/event.ts';
import { parseSeverity } from '../kit/severity.ts';
import { cutMiddle } from '../kit/text.ts';
import { InputError, NotFoundError, type Operation, sourceSearch } from '../operations/index.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase, withOperations } from '../service/operate.ts';

const known = { name: '<id>', help: 'a source of the configuration' } as const;

const one = (value: string, help: string) => ({ type: 'string', value, help }) as const;
const several = (value: string, help: string) => ({ ...one(value, help), multiple: true }) as const;

export const search: Command = {
  arguments: [known],
  details:
    'All that is given must hold; of an option that is given more than once, one value. The console compares texts as it likes: ' +
    'since 5.x it knows wildcards. It gives some 50 items an answer, the oldest first; --cursor goes on.',
  options: {
    hash: one('<hash>', 'The hash of a file'),
    path: one('<path>', 'The path of a file'),
    device: one('<number>', 'The console’s number of a device'),
    tenant: one('<name>', 'The name of a tenant'),
    type: several('<type>', 'A type of events, such as RANSOMWARE_FILE_ENCRYPTION'),
    status: several('<status>', 'OPEN, CLOSED, REOPEN'),
    action: several('<action>', 'PREVENTED, DETECTED'),
    severity: several('<severity>', 'LOW, MEDIUM, HIGH, CRITICAL'),
    since: one('<time>', 'Of how long back, such as 7d, or from which time on; default: 30d'),
    until: one('<time>', 'Until when, such as 2026-03-02T22:00:00+07:00'),
    cursor: one('<text>', 'Where the page before ended'),
    ...jsonOption,
  },
  async run({ values, positionals: [source = ''] }, io) {
    const input = { source, ...filtersOf(values) };
    const found = await ask(sourceSearch.search, input, io);
    if (found.problem !== null) return failed(found.problem, io);
    const rest = found.next === null ? '' : `there may be more: --cursor ${found.next}\n`;
    const none = values.cursor === undefined ? 'nothing was found\n' : 'nothing more was found\n';
    if (values.json) io.stdout(jsonText(found, 2));
    else io.stdout(found.items.length === 0 ? none : found.items.map(lineOf).join(''));
    if (!values.json && found.items.length > 0) io.stderr(rest);
    return exitCodes.done;
  },
};

export const show: Command = {
  arguments: [known, { name: '<item>', help: 'the number of the item in the console' }],
  details: 'Beside each field that changed since, what was stored. --json shows all of both.',
  options: jsonOption,
  async run({ values, positionals: [source = '', item = ''] }, io) {
    try {
      const shown = await ask(sourceSearch.item, { source, item }, io);
      if (values.json) io.stdout(jsonText(shown, 2));
      else io.stdout(textOf(item, shown));
      return shown.problem === null ? exitCodes.done : failed(shown.problem, io);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      return failed(error.message, io);
    }
  },
};

/** Needs the credentials of sources, which other commands on the database do without. */
async function ask<In, Out>(operation: Operation<In, Out>, input: In, io: CommandIo): Promise<Out> {
  try {
    return await withOperations(loadForDatabase(io, 'sources'), io, (run) => run(operation, input));
  } catch (error) {
    if (error instanceof InputError) throw new UsageError(error.message);
    throw error;
  }
}

function failed(problem: string, io: CommandIo): number {
  io.stderr(`${onOneLine(problem)}\n`);
  return exitCodes.failed;
}

type Values = CommandArguments['values'];

/** @throws {UsageError} */
function filtersOf(values: Values) {
  const { hash, path, device, tenant, type, status, action, severity, cursor } = values;
  const [since, until] = [sinceOf(values.since), momentOf('until', values.until)];
  const severities = (severity as readonly string[] | undefined)?.map((word) => {
    const parsed = parseSeverity(word);
    if (parsed !== undefined) return severityNames[parsed];
    throw new UsageError(`--severity ${word} is none of ${severityNames.slice(1).join(', ')}.`);
  });
  const given = { hash, path, device, tenant, types: type, statuses: status, actions: action };
  const written = { ...given, cursor, severities, since, until };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}

type Found = Awaited<ReturnType<typeof sourceSearch.search.run>>['items'][number];

/** Attackers choose names, and the line goes to a terminal. */
function lineOf({ externalId, occurredAt, severity, type, status, body, event }: Found): string {
  const stored = event === null ? 'not stored here' : `event ${event}`;
  const words = [occurredAt ?? '-', severity, type, status ?? '-'];
  const device = cutMiddle(body.device?.name ?? '-', 80);
  return `${onOneLine([externalId, ...words, device, stored].join('  '))}\n`;
}

type Shown = Awaited<ReturnType<typeof sourceSearch.item.run>>;

function textOf(item: string, { now, stored, differences, problem }: Shown): string {
  const line = (text: string) => `${onOneLine(text)}\n`;
  const fact = now ?? stored;
  const head = fact
    ? line(`item ${item}  ${fact.severity}  ${fact.type}  ${fact.status ?? '-'}`)
    : '';
  const where =
    stored === null
      ? line('It is not stored here, or no longer.')
      : line(`Stored as event ${stored.event} at ${stored.receivedAt}.`);
  if (now === null)
    return problem === null ? head + where + line('The console no longer has it.') : head + where;
  if (stored === null) return head + where;
  if (differences.length === 0) return head + where + line('It is as it was stored.');
  const shown = (value: string | null) => cutMiddle(value ?? '-', 200);
  const rows = differences.map(({ field, stored: was, now: is }) =>
    line(`  ${field}: ${shown(was)} -> ${shown(is)}`),
  );
  return [head, where, 'Since then:\n', ...rows].join('');
}
