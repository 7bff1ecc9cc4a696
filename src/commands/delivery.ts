// `tocsin delivery list|groups|redrive|drop`: deliveries in every state, and those that were given
// up put back or dropped by what they have in common.
import { type Command, type CommandGroup, entry, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import {
  limitOf,
  limitOption,
  momentOf,
  oneOf,
  severitiesOf,
  sinceOf,
  wordsOf,
} from '../cli/option-values.ts';
import { readPages } from '../cli/pages.ts';
import { deliveryStates } from '../kit/records/delivery.ts';
import { cutMiddle } from '../kit/text.ts';
import { delivery } from '../operations/index.ts';
import { groups } from './dead/index.ts';
import { rehearsalText } from './dead/print.ts';
import { choiceOptions, filterOf, redrive, repeated } from './dead/redrive.ts';
import { sinkOption } from './dead/sink.ts';

const list: Command = {
  details: 'Those of the newest events come first.',
  options: {
    ...sinkOption,
    state: { type: 'string', value: '<state,...>', help: `Of ${deliveryStates.join(', ')}` },
    reason: { type: 'string', value: '<word>', help: 'With this reason' },
    event: { type: 'string', value: '<id>', help: 'Those of this event' },
    severity: { type: 'string', value: '<name,...>', help: 'Of events of these severities' },
    since: { type: 'string', value: '<time>', help: 'Of events received since: 7d, or a date' },
    until: { type: 'string', value: '<time>', help: 'Of events received before' },
    ...limitOption,
    ...jsonOption,
  },
  run({ values }, io) {
    const { sink, reason, event } = values as Readonly<Record<string, string | undefined>>;
    const limit = limitOf(values.limit);
    const filter = {
      ...{ sink, reason, event },
      state: wordsOf(values.state)?.map((word) => oneOf('state', word, deliveryStates)!),
      severity: severitiesOf('severity', values.severity),
      since: sinceOf(values.since),
      until: momentOf('until', values.until),
    };
    return operating(io, async (run) => {
      const found = await readPages((page) => run(delivery.list, { ...filter, ...page }), limit);
      const text = found.map(lineOf).join('') || 'nothing was found\n';
      io.stdout(values.json ? jsonText(found, 2) : text);
      if (found.length === limit)
        io.stderr(`these are the newest ${limit}; --limit and --until show others\n`);
    });
  },
};

type Item = Awaited<ReturnType<typeof delivery.list.run>>['items'][number];

function lineOf(item: Item): string {
  const { eventId, sink, state, reason, severity, type, device, attempts, lastStatus } = item;
  const why = reason === null ? state : `${state}, ${reason}`;
  const when = item.finalizedAt === null ? `due ${item.scheduledAt}` : `since ${item.finalizedAt}`;
  const last = lastStatus === null ? [] : [`HTTP ${lastStatus}`];
  const tried = `${attempts} failed`;
  const name = cutMiddle(device ?? '-', 80);
  return row(eventId, sink, severity, type, name, why, when, tried, ...last);
}

const drop: Command = {
  details:
    'What is dropped is never sent; the events stay in the database.\n' +
    'It drops what is dead. What is pending goes by --sink <id> --state pending,dead.',
  arguments: [{ name: '[event-id...]', help: 'event ids, as "tocsin delivery list" shows them' }],
  options: {
    ...sinkOption,
    ...choiceOptions,
    state: { type: 'string', value: '<state,...>', help: 'Of pending, dead; default: dead' },
    ...jsonOption,
  },
  run(args, io) {
    const { values } = args;
    const states = wordsOf(values.state);
    const state = states?.map((word) => oneOf('state', word, ['pending', 'dead'] as const)!);
    const filter = { ...filterOf(args), state };
    if (Object.entries(filter).every(([name, value]) => name === 'state' || value === undefined))
      throw new UsageError('Say which: event ids, --sink, --reason, --status or --severity.');
    const isRehearsal = values['dry-run'] === true;
    return operating(io, async (run) => {
      const found = isRehearsal
        ? await run(delivery.drop, { ...filter, dryRun: true })
        : await repeated(() => run(delivery.drop, filter));
      if (isRehearsal)
        io.stdout(values.json ? jsonText(found, 2) : rehearsalText(found, 'dropped'));
      else io.stdout(values.json ? jsonText({ dropped: found.count }) : `${found.count} dropped\n`);
    });
  },
};

export const command: CommandGroup = {
  subcommands: {
    list: entry('List deliveries, in every state', list),
    groups: entry('Count those that were given up by what went wrong, and say what to do', groups),
    redrive: entry('Put deliveries back that were given up', redrive),
    drop: entry('Drop deliveries for good, by what they have in common', drop),
  },
};
