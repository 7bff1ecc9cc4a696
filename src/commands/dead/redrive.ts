// `tocsin dead redrive`: puts back what was given up, or says what that would be.
import { type Command, type CommandArguments, UsageError } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { type SeverityName, severityNames } from '../../kit/event.ts';
import { parseSeverity } from '../../kit/severity.ts';
import { delivery } from '../../operations/index.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { loadForDatabase, type Operate, withOperations } from '../../service/operate.ts';
import { rehearsalText } from './print.ts';
import { assertSinkIsKnown, sinkOption } from './sink.ts';

export const redrive: Command = {
  details: 'What is put back goes out as a whole card, attempts from the start.',
  arguments: [{ name: '[event-id...]', help: 'event ids, as "tocsin dead list" shows them' }],
  options: {
    ...sinkOption,
    reason: { type: 'string', value: '<word>', help: 'Those given up for this reason' },
    status: { type: 'string', value: '<number>', help: 'Those with this last HTTP status' },
    severity: { type: 'string', value: '<name,...>', help: 'Those of these severities' },
    all: { type: 'boolean', help: 'All of them' },
    'dry-run': { type: 'boolean', help: 'Say which that would be, and change nothing' },
    ...jsonOption,
  },
  async run(args, io) {
    const { values } = args;
    const filter = filterOf(args);
    const isRehearsal = values['dry-run'] === true;
    const found = await withOperations(loadForDatabase(io), io, (run) =>
      isRehearsal ? run(delivery.redrive, { ...filter, dryRun: true }) : redriveAll(run, filter),
    );
    const { count } = found;
    if (count === 0) assertSinkIsKnown(filter.sink, io);
    const isMissed = count === 0 && values.all !== true;
    if (isMissed) io.stderr('none of these is dead; "tocsin dead list" shows those that are\n');
    if (isRehearsal) io.stdout(values.json ? jsonText(found, 2) : rehearsalText(found));
    else io.stdout(values.json ? jsonText({ redriven: count }) : `${count} put back\n`);
    return isMissed ? exitCodes.failed : exitCodes.done;
  },
};

type Filter = Pick<
  Parameters<typeof delivery.redrive.run>[1],
  'sink' | 'reason' | 'status' | 'severity' | 'eventIds'
>;
type Answer = Awaited<ReturnType<typeof delivery.redrive.run>>;

/** One act after the other: each is bounded. */
async function redriveAll(run: Operate, filter: Filter): Promise<Answer> {
  let count = 0;
  for (;;) {
    const done = await run(delivery.redrive, filter);
    count += done.count;
    // None: somebody else is putting back the rest.
    if (!done.more || done.count === 0) return { ...done, count };
  }
}

/** @throws {UsageError} */
function filterOf({ values, positionals }: CommandArguments): Filter {
  const ids = positionals.map((id) => (/^[1-9]\d*$/.test(id) ? Number(id) : Number.NaN));
  if (!ids.every(Number.isSafeInteger))
    throw new UsageError('Event ids are numbers, as "tocsin dead list" shows them.');
  const { reason, status, severity, all } = values;
  const isFiltered = [reason, status, severity].some((value) => value !== undefined);
  if (ids.length > 0 ? all === true : all !== true && !isFiltered)
    throw new UsageError('Say which: event ids, --reason, --status or --severity, or --all.');
  return {
    sink: values.sink as string | undefined,
    reason: reason as string | undefined,
    status: status === undefined ? undefined : statusOf(status as string),
    severity: severity === undefined ? undefined : severitiesOf(severity as string),
    eventIds: ids.length > 0 ? ids.map(String) : undefined,
  };
}

function statusOf(given: string): number {
  if (/^[1-5]\d\d$/.test(given)) return Number(given);
  throw new UsageError(`--status ${JSON.stringify(given)} is no HTTP status, such as 413.`);
}

function severitiesOf(given: string): SeverityName[] {
  return given.split(',').map((word) => {
    const severity = parseSeverity(word.trim());
    if (severity !== undefined) return severityNames[severity];
    const known = severityNames.join(', ');
    throw new UsageError(`--severity ${JSON.stringify(word)} is none; there are ${known}.`);
  });
}
