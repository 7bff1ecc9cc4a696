// `tocsin dead redrive`: puts back what was given up, or says what that would be.
import { type Command, type CommandArguments, UsageError } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { severitiesOf } from '../../cli/option-values.ts';
import { delivery } from '../../operations/index.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { loadForDatabase, withOperations } from '../../service/operate.ts';
import { rehearsalText } from './print.ts';
import { assertSinkIsKnown, sinkOption } from './sink.ts';

/** What dead deliveries have in common. */
export const choiceOptions = {
  reason: { type: 'string', value: '<word>', help: 'Those given up for this reason' },
  status: { type: 'string', value: '<number>', help: 'Those with this last HTTP status, or none' },
  severity: { type: 'string', value: '<name,...>', help: 'Those of these severities' },
  'dry-run': { type: 'boolean', help: 'Say which that would be, and change nothing' },
} as const satisfies Command['options'];

export const redrive: Command = {
  details: 'What is put back goes out as a whole card, attempts from the start.',
  arguments: [{ name: '[event-id...]', help: 'event ids, as "tocsin dead list" shows them' }],
  options: {
    ...sinkOption,
    ...choiceOptions,
    all: { type: 'boolean', help: 'All of them' },
    ...jsonOption,
  },
  async run(args, io) {
    const { values } = args;
    const filter = filterOf(args);
    assertChosen(filter, values.all === true);
    const isRehearsal = values['dry-run'] === true;
    const found = await withOperations(loadForDatabase(io), io, (run) =>
      isRehearsal
        ? run(delivery.redrive, { ...filter, dryRun: true })
        : repeated(() => run(delivery.redrive, filter)),
    );
    const { count } = found;
    if (count === 0) assertSinkIsKnown(filter.sink, io);
    const isMissed = count === 0 && values.all !== true;
    if (isMissed) io.stderr('none of these is dead; "tocsin dead list" shows those that are\n');
    if (isRehearsal) io.stdout(values.json ? jsonText(found, 2) : rehearsalText(found, 'put back'));
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
export async function repeated(act: () => Promise<Answer>): Promise<Answer> {
  let count = 0;
  for (;;) {
    const done = await act();
    count += done.count;
    // None: somebody else is changing the rest.
    if (!done.more || done.count === 0) return { ...done, count };
  }
}

/** @throws {UsageError} */
export function filterOf({ values, positionals }: CommandArguments): Filter {
  const ids = positionals.map((id) => (/^[1-9]\d*$/.test(id) ? Number(id) : Number.NaN));
  if (!ids.every(Number.isSafeInteger))
    throw new UsageError('Event ids are numbers, as "tocsin dead list" shows them.');
  const { reason, status, severity } = values;
  return {
    sink: values.sink as string | undefined,
    reason: reason as string | undefined,
    status: status === undefined ? undefined : statusOf(status as string),
    severity: severitiesOf('severity', severity),
    eventIds: ids.length > 0 ? ids.map(String) : undefined,
  };
}

/** @throws {UsageError} */
function assertChosen({ eventIds, reason, status, severity }: Filter, areAll: boolean): void {
  const isFiltered = [reason, status, severity].some((value) => value !== undefined);
  if (eventIds ? areAll : !areAll && !isFiltered)
    throw new UsageError('Say which: event ids, --reason, --status or --severity, or --all.');
}

/** @throws {UsageError} */
function statusOf(given: string): number | null {
  if (given === 'none') return null;
  if (/^[1-5]\d\d$/.test(given)) return Number(given);
  throw new UsageError(
    `--status ${JSON.stringify(given)} is no HTTP status, such as 413. "none" means those without one.`,
  );
}
