// `tocsin dead list|redrive|move|drop`: the deliveries that were given up, how to put them back, and what waits for a sink that is gone.

import { type Command, type CommandIo, UsageError } from '../cli/command.ts';
import { jsonText } from '../cli/json.ts';
import type { Config } from '../config/index.ts';
import { backlogRemarks } from '../core/identity/backlog.ts';
import { severityNames } from '../kit/event.ts';
import { createHttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { DeadDelivery } from '../kit/records/delivery.ts';
import { cutMiddle, neutralText } from '../kit/text.ts';
import { backlog as backlogs, dead as deliveries } from '../operations/index.ts';
import { placesOf } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase, operate, withOperations } from '../service/operate.ts';
import { sinks } from '../sinks/index.ts';

const listMax = 1000;

interface Wanted {
  readonly ids: readonly number[];
  readonly sink: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly isAll: boolean;
  readonly isJson: boolean;
}

const actions: Readonly<Record<string, (wanted: Wanted, io: CommandIo) => Promise<number>>> = {
  list,
  redrive,
  move,
  drop,
};

export const command: Command = {
  summary: 'List deliveries that were given up, put them back, or move what waits for a sink that is gone',
  usage: 'dead list|redrive|move|drop [<event id>…] [--sink <id>] [--from <id> --to <id>] [--all] [--json]',
  details:
    'redrive takes event ids as the list shows them, or --all. What is put back goes out as a whole card, attempts from the start.\n' +
    'move gives everything that waits or is dead for a sink that is configured no more (--from) to another one (--to).\n' +
    'drop gives up what waits or is dead for such a sink (--sink); the events stay in the database.',
  positionals: { min: 1, max: 1000 },
  options: {
    sink: { type: 'string', value: '<id>', help: 'Only those of this sink' },
    from: { type: 'string', value: '<id>', help: 'With move: the sink that is configured no more' },
    to: { type: 'string', value: '<id>', help: 'With move: the sink that gets it' },
    all: { type: 'boolean', help: 'With redrive: all of them' },
    json: { type: 'boolean', help: 'Print JSON' },
  },
  async run({ values, positionals }, io) {
    const [action = '', ...given] = positionals;
    const ids = given.map((id) => (/^[1-9]\d*$/.test(id) ? Number(id) : Number.NaN));
    if (!ids.every(Number.isSafeInteger))
      throw new UsageError('Event ids are numbers, as "tocsin dead list" shows them.');
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined) throw new UsageError(`"${action}" is neither list nor redrive, move or drop.`);
    const text = (name: string) => values[name] as string | undefined;
    const [isAll, isJson] = [values.all === true, values.json === true];
    if (action !== 'redrive' && (ids.length > 0 || isAll))
      throw new UsageError(`${action} takes neither event ids nor --all.`);
    if (action !== 'move' && (values.from ?? values.to) !== undefined)
      throw new UsageError('--from and --to are for move.');
    return run({ ids, sink: text('sink'), from: text('from'), to: text('to'), isAll, isJson }, io);
  },
};

async function list({ sink, isJson }: Wanted, io: CommandIo): Promise<number> {
  const config = loadForDatabase(io);
  const mask = createMask(config.secrets);
  const places = placesOf(config, { sinks }, createHttpClient);
  const [stored, backlog] = await withOperations(config, io, async (run) => [
    await run(deliveries.list, { sink, limit: listMax }),
    // Without the hooks, nobody knows here which sinks there are.
    places.length === 0 ? undefined : await run(backlogs.list, {}),
  ]);
  // An answer was masked when it was stored; a secret that was configured later may stand in it.
  const dead = stored.map((one) => ({ ...one, lastAnswer: one.lastAnswer && mask(one.lastAnswer) }));
  if (dead.length === 0) assertSinkIsKnown(sink, io);
  if (dead.length === listMax) io.stderr(`these are the newest ${listMax}; there may be more\n`);
  io.stdout(isJson ? jsonText(dead, 2) : tableOf(dead));
  // Of sinks that are configured no more; also of what only waits there.
  const remarks = backlog === undefined ? [] : backlogRemarks(backlog.counts, backlog.places, places);
  for (const remark of remarks)
    io.stderr(`${neutralText(`sink ${remark.sink}: ${remark.text}`, { multiline: false })}\n`);
  return exitCodes.done;
}

async function redrive({ ids, sink, isAll, isJson }: Wanted, io: CommandIo): Promise<number> {
  if ((ids.length === 0) === !isAll) throw new UsageError('Say which: event ids, or --all.');
  const count = await operate(io, deliveries.redrive, { sink, ...(ids.length > 0 && { eventIds: ids }) });
  if (count === 0) assertSinkIsKnown(sink, io);
  if (count === 0 && !isAll) io.stderr('none of these is dead; "tocsin dead list" shows those that are\n');
  io.stdout(isJson ? jsonText({ redriven: count }) : `${count} put back\n`);
  return count > 0 || isAll ? exitCodes.done : exitCodes.failed;
}

async function move({ from, to, sink, isJson }: Wanted, io: CommandIo): Promise<number> {
  if (!from || !to || sink !== undefined)
    throw new UsageError('Say from where and to where: "tocsin dead move --from <old> --to <sink>".');
  const config = loadForDatabase(io);
  assertGone(from, config);
  const known = config.sinks.map(({ id }) => id);
  if (!known.includes(to)) throw new UsageError(`No sink is called "${to}"; there is ${known.join(', ') || 'none'}.`);
  const count = await operate(io, backlogs.move, { sink: from, to });
  io.stdout(isJson ? jsonText({ moved: count }) : `${count} moved from ${from} to ${to}\n`);
  return count > 0 ? exitCodes.done : exitCodes.failed;
}

async function drop({ sink, isJson }: Wanted, io: CommandIo): Promise<number> {
  if (!sink) throw new UsageError('Say of which sink: "tocsin dead drop --sink <id>".');
  assertGone(sink, loadForDatabase(io));
  const count = await operate(io, backlogs.drop, { sink });
  io.stdout(isJson ? jsonText({ dropped: count }) : `${count} given up for ${sink}\n`);
  return count > 0 ? exitCodes.done : exitCodes.failed;
}

/** What is being sent must not be moved under the sender. @throws {UsageError} */
function assertGone(sink: string, { sinks: configured }: Config): void {
  if (configured.some(({ id }) => id === sink))
    throw new UsageError(`"${sink}" is configured, so it is worked. Take it out of the configuration first.`);
}

/** For when nothing was found; what is dead may well be of a sink that is configured no more. @throws {UsageError} */
function assertSinkIsKnown(sink: string | undefined, io: CommandIo): void {
  const known = loadForDatabase(io).sinks.map(({ id }) => id);
  if (sink === undefined || known.length === 0 || known.includes(sink)) return;
  throw new UsageError(`Nothing is dead for "${sink}", and no sink is called so; there is ${known.join(', ')}.`);
}

function tableOf(dead: readonly DeadDelivery[]): string {
  if (dead.length === 0) return 'nothing is dead\n';
  return dead.map((one) => `${headOf(one)}\n${answerOf(one)}`).join('');
}

function headOf({ eventId, itemId, sink, severity, type, device, reason, attempts, deadSince }: DeadDelivery): string {
  const tried = `${attempts === 0 ? 'no' : attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const event = [type, device ?? '-', ...(itemId === null ? [] : [`item ${itemId}`])];
  const words = [eventId, sink, severityNames[severity], ...event, `${reason}, ${tried}, dead since ${deadSince}`];
  return onOneLine(words.join('  '));
}

/** Answers of far ends are short where they are stored; this bounds what another release stored. */
const answerLengthMax = 300;

/** On a line of its own, which begins with blanks and so with no number. */
function answerOf({ lastStatus, lastAnswer }: DeadDelivery): string {
  if (lastStatus === null && !lastAnswer) return '';
  const status = lastStatus === null ? '' : ` HTTP ${lastStatus}`;
  const answer = lastAnswer ? ` ${onOneLine(cutMiddle(lastAnswer, answerLengthMax))}` : '';
  return `    last answer:${status}${answer}\n`;
}

/** Names and answers come from attackers, and this reaches a terminal. */
function onOneLine(text: string): string {
  return neutralText(text, { multiline: false });
}
