// `tocsin sink|source pause|resume`: the same for both.
import { type Command, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine, row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { momentOf } from '../cli/option-values.ts';
import { sink, source } from '../operations/index.ts';

type Kind = 'sink' | 'source';

const named = (kind: Kind) => ({
  name: '<id>',
  help: `a ${kind}, as "tocsin ${kind} list" shows it`,
});

export function pauseOf(kind: Kind): Command {
  return {
    arguments: [named(kind)],
    details:
      kind === 'sink'
        ? 'Nothing is sent, and nothing is lost: what waits goes out afterwards.'
        : 'Nothing is read. What the console keeps meanwhile is read afterwards.',
    options: {
      reason: { type: 'string', value: '<text>', help: 'Why, for those who find it paused' },
      for: { type: 'string', value: '<time>', help: 'How long: 30m, 2h, 7d' },
      until: { type: 'string', value: '<time>', help: 'Until when; 30 days ahead at most' },
      replace: { type: 'boolean', help: 'In place of the pause that is on' },
      ...jsonOption,
    },
    run({ values, positionals: [id = ''] }, io) {
      const { reason, for: length } = values as Readonly<Record<string, string | undefined>>;
      if (reason === undefined) throw new UsageError('Why? Say it by --reason <text>.');
      const until = momentOf('until', values.until);
      if ((length === undefined) === (until === undefined))
        throw new UsageError('Until when? Say it by --for <time> or by --until <time>.');
      const input = { reason, for: length, until, replace: values.replace === true };
      return operating(io, async (run) => {
        const done =
          kind === 'sink'
            ? await run(sink.pause, { sink: id, ...input })
            : await run(source.pause, { source: id, ...input });
        io.stdout(
          values.json ? jsonText(done, 2) : row(`${id} is paused until ${done.pause.until}`),
        );
        const warnings = 'warnings' in done ? (done.warnings as readonly string[]) : [];
        for (const warning of warnings) io.stderr(`${onOneLine(`warning: ${warning}`)}\n`);
      });
    },
  };
}

export function resumeOf(kind: Kind): Command {
  return {
    arguments: [named(kind)],
    options: jsonOption,
    run({ values, positionals: [id = ''] }, io) {
      return operating(io, async (run) => {
        const done =
          kind === 'sink'
            ? await run(sink.resume, { sink: id })
            : await run(source.resume, { source: id });
        const { ended } = done;
        const text =
          ended === null
            ? `${id} was not paused`
            : `${id} goes on; ${ended.by} had paused it: ${ended.reason}`;
        io.stdout(values.json ? jsonText(done, 2) : row(text));
      });
    },
  };
}
