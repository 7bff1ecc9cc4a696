// `tocsin sink list|pause|resume|test`: how each sink stands, and what operators do about it.
import { type Command, type CommandGroup, entry } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine, row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { sink, states } from '../operations/index.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase } from '../service/operate.ts';
import { pauseOf, resumeOf } from './pausing.ts';

const list: Command = {
  details: 'The state of each sink, since when and why; what waits, and what went out lately.',
  options: jsonOption,
  run({ values }, io) {
    return operating(io, async (run) => {
      const { items } = await run(states.sinks, {});
      const text = items.map(lineOf).join('') || 'no sink is configured\n';
      io.stdout(values.json ? jsonText(items, 2) : text);
    });
  },
};

type Item = Awaited<ReturnType<typeof states.sinks.run>>['items'][number];

function lineOf(item: Item): string {
  const { pause, reason, since, nextProbeAt, storm, delivered } = item;
  const why = pause === null ? reason : `by ${pause.by} until ${pause.until}: ${pause.reason}`;
  const notes = [
    item.state.replaceAll('_', ' ') + (why === null ? '' : ` (${why})`),
    ...(since === null || item.state === 'ok' ? [] : [`since ${since}`]),
    ...(nextProbeAt === null ? [] : [`tried again at ${nextProbeAt}`]),
    ...(storm === null ? [] : [`storm: ${storm.due} due`]),
  ];
  const oldest = Math.round(item.oldestPendingSeconds);
  const waits = `${item.pending} pending${oldest > 0 ? `, the oldest for ${oldest} s` : ''}`;
  const cut = delivered.isCut ? ' or more' : '';
  return row(
    ...[item.sink, item.type, ...notes, waits, `${item.dead} dead`],
    `${delivered.lastHour}${cut} in the last hour`,
  );
}

const test: Command = {
  arguments: [{ name: '<id>', help: 'a sink of the configuration' }],
  details:
    'It is noted in the audit log, so it needs the database; "tocsin test" works without one.',
  options: jsonOption,
  async run({ values, positionals: [id = ''] }, io) {
    let isAccepted = false;
    const code = await operating(
      io,
      async (run) => {
        const tested = await run(sink.test, { sink: id });
        ({ isAccepted } = tested);
        if (values.json) io.stdout(jsonText(tested, 2));
        else if (isAccepted) io.stdout(row(`${id} took a sample within ${tested.tookMs} ms`));
        if (tested.problem !== null) io.stderr(`${onOneLine(`${id}: ${tested.problem}`)}\n`);
      },
      loadForDatabase(io, 'sinks'),
    );
    return code === exitCodes.done && !isAccepted ? exitCodes.failed : code;
  },
};

export const command: CommandGroup = {
  subcommands: {
    list: entry('Show how each sink stands', list),
    pause: entry('Send nothing to a sink for a while', pauseOf('sink')),
    resume: entry('End the pause of a sink', resumeOf('sink')),
    test: entry('Post a sample card to a sink, paused or not', test),
  },
};
