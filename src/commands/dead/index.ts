// `tocsin dead list|groups|redrive|move|drop`: the deliveries that were given up and why, how to put
// them back, and what waits for a sink that is gone.

import { type Command, type CommandGroup, entry, UsageError } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { onOneLine, remarkIfCut } from '../../cli/lines.ts';
import { unknownId } from '../../cli/unknown-id.ts';
import type { Config } from '../../config/index.ts';
import { backlogRemarks } from '../../core/identity/backlog.ts';
import { createHttpClient } from '../../kit/http/index.ts';
import { backlog as backlogs, dead, delivery, listMax } from '../../operations/index.ts';
import { placesOf } from '../../service/adapters.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { loadForDatabase, type Operate, operate, withOperations } from '../../service/operate.ts';
import { sinks } from '../../sinks/index.ts';
import { type DeadRow, groupsText, listText, rowOf } from './print.ts';
import { redrive } from './redrive.ts';
import { assertSinkIsKnown, sinkOption } from './sink.ts';

const list: Command = {
  options: { ...sinkOption, ...jsonOption },
  async run({ values }, io) {
    const sink = values.sink as string | undefined;
    const config = loadForDatabase(io);
    const places = placesOf(config, { sinks }, createHttpClient);
    const [rows, backlog] = await withOperations(config, io, async (run) => [
      await newestDead(run, sink),
      // Without the hooks, nobody knows here which sinks there are.
      places.length === 0 ? undefined : await run(backlogs.list, {}),
    ]);
    if (rows.length === 0) assertSinkIsKnown(sink, io);
    remarkIfCut(rows, io);
    io.stdout(values.json ? jsonText(rows, 2) : listText(rows));
    // Of sinks that are no longer configured; also of what only waits there.
    const remarks =
      backlog === undefined ? [] : backlogRemarks(backlog.counts, backlog.places, places);
    for (const remark of remarks)
      io.stderr(`${onOneLine(`sink ${remark.sink}: ${remark.text}`)}\n`);
    return exitCodes.done;
  },
};

/** At most `listMax`, page by page. */
async function newestDead(run: Operate, sink: string | undefined): Promise<DeadRow[]> {
  const rows: DeadRow[] = [];
  for (let cursor: string | undefined; ; ) {
    const limit = Math.min(200, listMax - rows.length);
    const page = await run(delivery.list, { sink, state: ['dead'], cursor, limit });
    rows.push(...page.items.map(rowOf));
    if (page.next === null || rows.length >= listMax) return rows;
    cursor = page.next;
  }
}

export const groups: Command = {
  options: { ...sinkOption, ...jsonOption },
  async run({ values }, io) {
    const sink = values.sink as string | undefined;
    const { items } = await operate(io, dead.groups, { sink });
    if (items.length === 0) assertSinkIsKnown(sink, io);
    io.stdout(values.json ? jsonText(items, 2) : groupsText(items));
    return exitCodes.done;
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
    groups: entry('Count them by what went wrong, and say what to do', groups),
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
