// `tocsin dead list|redrive`: the deliveries that were given up, and how to put them back.
import { severityNames } from '../core/event.ts';
import type { DeadDelivery } from '../core/store/deliveries.ts';
import { neutralText } from '../core/text.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { exitCodes } from './dispatch.ts';
import { jsonText } from './json.ts';
import { loadForDatabase, operate } from './operate.ts';

const listMax = 1000;

export const command: Command = {
  summary: 'List deliveries that were given up, or put them back',
  usage: 'dead list|redrive [<event id>…] [--sink <id>] [--all] [--json]',
  details:
    'redrive takes event ids as the list shows them, or --all. What is put back goes out as a whole card, attempts from the start.',
  positionals: { min: 1, max: 1000 },
  options: {
    sink: { type: 'string', value: '<id>', help: 'Only those of this sink' },
    all: { type: 'boolean', help: 'With redrive: all of them' },
    json: { type: 'boolean', help: 'Print JSON' },
  },
  async run({ values, positionals }, io) {
    const [action, ...ids] = positionals;
    const eventIds = ids.map((id) => (/^[1-9]\d*$/.test(id) ? Number(id) : Number.NaN));
    if (!eventIds.every(Number.isSafeInteger))
      throw new UsageError('Event ids are numbers, as "tocsin dead list" shows them.');
    if (action !== 'list' && action !== 'redrive') throw new UsageError(`"${action}" is neither list nor redrive.`);
    if (action === 'list' && (ids.length > 0 || values.all === true))
      throw new UsageError('list takes neither event ids nor --all.');
    if (action === 'redrive' && (eventIds.length === 0) === (values.all !== true))
      throw new UsageError('Say which: event ids, or --all.');
    const sink = values.sink as string | undefined;
    if (action === 'list') {
      const dead = await operate(io, 'dead-list', { sink, limit: listMax });
      if (dead.length === 0) assertSinkIsKnown(sink, io);
      if (dead.length === listMax) io.stderr(`these are the newest ${listMax}; there may be more\n`);
      io.stdout(values.json ? jsonText(dead, 2) : tableOf(dead));
      return exitCodes.done;
    }
    const count = await operate(io, 'dead-redrive', { sink, ...(eventIds.length > 0 && { eventIds }) });
    if (count === 0) assertSinkIsKnown(sink, io);
    if (count === 0 && !values.all) io.stderr('none of these is dead; "tocsin dead list" shows those that are\n');
    io.stdout(values.json ? jsonText({ redriven: count }) : `${count} put back\n`);
    return count > 0 || values.all ? exitCodes.done : exitCodes.failed;
  },
};

/** For when nothing was found; what is dead may well be of a sink that is configured no more. @throws {UsageError} */
function assertSinkIsKnown(sink: string | undefined, io: CommandIo): void {
  const known = loadForDatabase(io).sinks.map(({ id }) => id);
  if (sink === undefined || known.length === 0 || known.includes(sink)) return;
  throw new UsageError(`Nothing is dead for "${sink}", and no sink is called so; there is ${known.join(', ')}.`);
}

function tableOf(dead: readonly DeadDelivery[]): string {
  if (dead.length === 0) return 'nothing is dead\n';
  return dead
    .map(({ eventId, sink, severity, type, device, reason, attempts, deadSince, lastStatus }) => {
      const status = lastStatus === null ? '' : ` (HTTP ${lastStatus})`;
      const text = `${eventId}  ${sink}  ${severityNames[severity]}  ${type}  ${device ?? '-'}  ${reason}${status}, ${attempts} attempts, dead since ${deadSince}`;
      // Names come from attackers, and this reaches a terminal.
      return `${neutralText(text, { multiline: false })}\n`;
    })
    .join('');
}
