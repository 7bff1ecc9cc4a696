// `tocsin dead list|redrive|move|drop`: the deliveries that were given up, how to put them back,
// and what waits for a sink that is gone.

import {
  type Command,
  type CommandGroup,
  type CommandIo,
  entry,
  UsageError,
} from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine, remarkIfCut } from '../cli/lines.ts';
import { unknownId } from '../cli/unknown-id.ts';
import type { Config } from '../config/index.ts';
import { backlogRemarks } from '../core/identity/backlog.ts';
import { severityNames } from '../kit/event.ts';
import { createHttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { DeadDelivery } from '../kit/records/delivery.ts';
import { cutMiddle } from '../kit/text.ts';
import { backlog as backlogs, dead as deliveries, listMax } from '../operations/index.ts';
import { placesOf } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase, operate, withOperations } from '../service/operate.ts';
import { sinks } from '../sinks/index.ts';

const sinkOption = {
  sink: { type: 'string', value: '<id>', help: 'Only those of this sink' },
} as const;

const list: Command = {
  options: { ...sinkOption, ...jsonOption },
  async run({ values }, io) {
    const sink = values.sink as string | undefined;
    const config = loadForDatabase(io);
    const mask = createMask(config.secrets);
    const places = placesOf(config, { sinks }, createHttpClient);
    const [stored, backlog] = await withOperations(config, io, async (run) => [
      await run(deliveries.list, { sink, limit: listMax }),
      // Without the hooks, nobody knows here which sinks there are.
      places.length === 0 ? undefined : await run(backlogs.list, {}),
    ]);
    // An answer was masked when it was stored; a secret that was configured later may stand in it.
    const dead = stored.map((one) => ({
      ...one,
      lastAnswer: one.lastAnswer && mask(one.lastAnswer),
    }));
    if (dead.length === 0) assertSinkIsKnown(sink, io);
    remarkIfCut(dead, io);
    io.stdout(values.json ? jsonText(dead, 2) : tableOf(dead));
    // Of sinks that are no longer configured; also of what only waits there.
    const remarks =
      backlog === undefined ? [] : backlogRemarks(backlog.counts, backlog.places, places);
    for (const remark of remarks)
      io.stderr(`${onOneLine(`sink ${remark.sink}: ${remark.text}`)}\n`);
    return exitCodes.done;
  },
};

const redrive: Command = {
  details: 'What is put back goes out as a whole card, attempts from the start.',
  arguments: [{ name: '[event-id...]', help: 'event ids, as "tocsin dead list" shows them' }],
  options: { ...sinkOption, all: { type: 'boolean', help: 'All of them' }, ...jsonOption },
  async run({ values, positionals }, io) {
    const sink = values.sink as string | undefined;
    const ids = positionals.map((id) => (/^[1-9]\d*$/.test(id) ? Number(id) : Number.NaN));
    if (!ids.every(Number.isSafeInteger))
      throw new UsageError('Event ids are numbers, as "tocsin dead list" shows them.');
    const isAll = values.all === true;
    if ((ids.length === 0) === !isAll) throw new UsageError('Say which: event ids, or --all.');
    const eventIds = ids.length > 0 ? ids : undefined;
    const count = await operate(io, deliveries.redrive, { sink, eventIds });
    if (count === 0) assertSinkIsKnown(sink, io);
    if (count === 0 && !isAll)
      io.stderr('none of these is dead; "tocsin dead list" shows those that are\n');
    io.stdout(values.json ? jsonText({ redriven: count }) : `${count} put back\n`);
    return count > 0 || isAll ? exitCodes.done : exitCodes.failed;
  },
};

const move: Command = {
  options: {
    from: { type: 'string', value: '<id>', help: 'The sink that is no longer configured' },
    to: { type: 'string', value: '<id>', help: 'The sink that gets it' },
    ...jsonOption,
  },
  async run({ values }, io) {
    const [from, to] = [values.from, values.to] as (string | undefined)[];
    if (!from || !to)
      throw new UsageError(
        'Say from where and to where: "tocsin dead move --from <old> --to <sink>".',
      );
    const config = loadForDatabase(io);
    assertGone(from, config);
    const known = config.sinks.map(({ id }) => id);
    if (!known.includes(to)) throw unknownId('sink', to, known);
    const count = await operate(io, backlogs.move, { sink: from, to });
    io.stdout(values.json ? jsonText({ moved: count }) : `${count} moved from ${from} to ${to}\n`);
    return count > 0 ? exitCodes.done : exitCodes.failed;
  },
};

const drop: Command = {
  details: 'The events stay in the database.',
  options: {
    sink: { type: 'string', value: '<id>', help: 'The sink that is no longer configured' },
    ...jsonOption,
  },
  async run({ values }, io) {
    const sink = values.sink as string | undefined;
    if (!sink) throw new UsageError('Say of which sink: "tocsin dead drop --sink <id>".');
    assertGone(sink, loadForDatabase(io));
    const count = await operate(io, backlogs.drop, { sink });
    io.stdout(values.json ? jsonText({ dropped: count }) : `${count} given up for ${sink}\n`);
    return count > 0 ? exitCodes.done : exitCodes.failed;
  },
};

export const command: CommandGroup = {
  subcommands: {
    list: entry('List the deliveries that were given up', list),
    redrive: entry('Put deliveries back that were given up', redrive),
    move: entry(
      'Give what waits or is dead for a sink that is no longer configured to another one',
      move,
    ),
    drop: entry('Give up what waits or is dead for a sink that is no longer configured', drop),
  },
};

/**
 * Refuses to move deliveries that a lane may be sending.
 * @throws {UsageError}
 */
function assertGone(sink: string, { sinks: configured }: Config): void {
  if (configured.some(({ id }) => id === sink))
    throw new UsageError(
      `"${sink}" is configured, so it is worked. Take it out of the configuration first.`,
    );
}

/**
 * For when nothing was found; what is dead may be of a sink that is no longer configured.
 * @throws {UsageError}
 */
function assertSinkIsKnown(sink: string | undefined, io: CommandIo): void {
  const known = loadForDatabase(io).sinks.map(({ id }) => id);
  if (sink === undefined || known.length === 0 || known.includes(sink)) return;
  throw new UsageError(
    `Nothing is dead for "${sink}", and no sink is called so; there is ${known.join(', ')}.`,
  );
}

function tableOf(dead: readonly DeadDelivery[]): string {
  if (dead.length === 0) return 'nothing is dead\n';
  return dead.map((one) => `${headOf(one)}\n${answerOf(one)}`).join('');
}

function headOf({
  eventId,
  itemId,
  sink,
  severity,
  type,
  device,
  reason,
  attempts,
  deadSince,
}: DeadDelivery): string {
  const tried = `${attempts === 0 ? 'no' : attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const event = [type, device ?? '-', ...(itemId === null ? [] : [`item ${itemId}`])];
  const words = [
    eventId,
    sink,
    severityNames[severity],
    ...event,
    `${reason}, ${tried}, dead since ${deadSince}`,
  ];
  return onOneLine(words.join('  '));
}

/** Stored answers are short; this limits those that another release stored. */
const answerLengthMax = 300;

/**
 * The answer on its own indented line, so that no line of it begins with a number as an event does.
 */
function answerOf({ lastStatus, lastAnswer }: DeadDelivery): string {
  if (lastStatus === null && !lastAnswer) return '';
  const status = lastStatus === null ? '' : ` HTTP ${lastStatus}`;
  const answer = lastAnswer ? ` ${onOneLine(cutMiddle(lastAnswer, answerLengthMax))}` : '';
  return `    last answer:${status}${answer}\n`;
}
