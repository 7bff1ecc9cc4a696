// `tocsin source`: how far each source was read, a new start after its tenant was rebuilt, and
// whose position counts for which id.

import { type Command, type CommandGroup, type CommandIo, entry } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine, row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import type { Config } from '../config/index.ts';
import { positionRemarks } from '../core/identity/position.ts';
import { readerRemark } from '../core/identity/standing.ts';
import { createHttpClient } from '../kit/http/index.ts';
import type { StoredPosition } from '../kit/records/position.ts';
import { NotFoundError, source as positions, states, works } from '../operations/index.ts';
import { consolesOf } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase, operate, peek, withOperations } from '../service/operate.ts';
import { sources } from '../sources/index.ts';
import { pauseOf, resumeOf } from './pausing.ts';
import { search, show } from './source-console.ts';
import { tryOut } from './source-try.ts';

const known = { name: '<id>', help: 'a source, as "tocsin source list" shows it' } as const;

const list: Command = {
  details:
    'What each source reads, up to where, when that moved last, and its generation: ' +
    'how often its numbers began anew.',
  options: jsonOption,
  async run({ values }, io) {
    const config = loadForDatabase(io);
    const [rows, { items }] = await withOperations(config, io, async (run) => [
      await run(positions.list, {}),
      await run(states.sources, {}),
    ]);
    const remarks = positionRemarks(rows, consolesOf(config, { sources }, createHttpClient));
    const entries = rows.map((row) => {
      const standing = items.find(({ source }) => source === row.source);
      return { ...row, position: positionOf(row, config), ...standingOf(standing) };
    });
    const shown = entries.filter(({ console }) => console !== '');
    const pushed = items.filter((one) => one.isPushed);
    const lines = [...shown.map(lineOf), ...pushed.map(pushedLineOf)];
    io.stdout(
      values.json
        ? jsonText([...entries, ...pushed], 2)
        : lines.join('') || 'no source was read yet\n',
    );
    if (config.sources.length > 0)
      for (const { source, text } of remarks)
        io.stderr(`${onOneLine(`source ${source}: ${text}`)}\n`);
    return exitCodes.done;
  },
};

type State = Awaited<ReturnType<typeof states.sources.run>>['items'][number];

function standingOf(known: State | undefined) {
  if (known === undefined) return undefined;
  const { state, failingSince, pause, lastSuccessAt, lastError, nextPollAt, newestEvent } = known;
  const { holder } = known;
  return {
    ...{ state, failingSince, pause, lastSuccessAt, lastError, nextPollAt, newestEvent, holder },
  };
}

/**
 * What an act on one source came to: what is printed, as JSON or in words, or why it was not done.
 */
type Outcome = { readonly answer: unknown; readonly text: string } | { readonly failure: string };

interface Around {
  readonly config: Config;
  readonly io: CommandIo;
}

/** A command that does something to the position of a source, and says what came of it. */
function acting(more: Omit<Command, 'run' | 'options'>, act: Act): Command {
  return {
    ...more,
    options: jsonOption,
    async run({ values, positionals }, io) {
      const outcome = await act(
        { config: loadForDatabase(io), io },
        positionals[0]!,
        positionals[1] ?? '',
      );
      if ('failure' in outcome) {
        io.stderr(`${outcome.failure}\n`);
        return exitCodes.failed;
      }
      io.stdout(values.json ? jsonText(outcome.answer) : outcome.text);
      return exitCodes.done;
    },
  };
}

/** @param to the new id; empty if there is none */
type Act = (around: Around, source: string, to: string) => Promise<Outcome>;

const unread = (source: string): Outcome => ({
  failure: `source ${source} was never read; "tocsin source list" shows those that were`,
});

/** What the source reads as it is configured; undefined if it is not, or does not say. */
function consoleOf({ config }: Around, source: string): string | undefined {
  return consolesOf(config, { sources }, createHttpClient).find(({ id }) => id === source)?.console;
}

/** Warns of others that read it. */
async function warnOfReaders(
  { config, io }: Around,
  id: string,
  console: string | undefined,
): Promise<void> {
  const others = (await peek(config, works.list, {})) ?? [];
  const remark = readerRemark({ others }, { id, console });
  if (remark !== undefined) io.stderr(`${onOneLine(remark)}.\n`);
}

const reset = acting(
  {
    arguments: [known],
    details:
      'The source begins again at START_FROM, and item numbers seen before count as new: ' +
      'for a tenant that was rebuilt.',
  },
  async (around, source) => {
    const console = consoleOf(around, source);
    await warnOfReaders(around, source, console);
    const input = { source, confirm: source, console };
    let generation: number;
    try {
      ({ generation } = await operate(around.io, positions.reset, input));
    } catch (error) {
      if (error instanceof NotFoundError) return unread(source);
      throw error;
    }
    return {
      answer: { source, generation },
      text: `${source} starts anew, generation ${generation}\n`,
    };
  },
);

const poll: Command = {
  arguments: [known],
  details: 'Also while the source backs off after failures.',
  options: jsonOption,
  run({ values, positionals: [source = ''] }, io) {
    return operating(io, async (run) => {
      const asked = await run(positions.poll, { source });
      io.stdout(values.json ? jsonText(asked, 2) : row(`${source} is read within seconds`));
    });
  },
};

const rename = acting(
  {
    arguments: [
      { name: '<old>', help: 'the id that the source had, as "tocsin source list" shows it' },
      { name: '<new>', help: 'the id that it has' },
    ],
    details: 'For one console and one id this happens by itself.',
  },
  async (around, source, to) => {
    const console = consoleOf(around, to);
    const outcome = await operate(around.io, positions.rename, { source, to, console });
    if (outcome === 'lost') return unread(source);
    if (outcome === 'held')
      return {
        failure: `a running service reads ${source}. Take it out of its configuration first.`,
      };
    return { answer: { source, to }, text: `${to} goes on where ${source} was\n` };
  },
);

const adopt = acting({ arguments: [known] }, async (around, source) => {
  const console = consoleOf(around, source);
  await warnOfReaders(around, source, console);
  if (console === undefined)
    return { failure: `source ${source} is not configured here, or does not say what it reads` };
  if (!(await operate(around.io, positions.adopt, { source, console }))) return unread(source);
  return { answer: { source, console }, text: `the position of ${source} counts for ${console}\n` };
});

const remove = acting({ arguments: [known] }, async ({ config, io }, source) => {
  if (config.sources.some(({ id }) => id === source)) {
    const remedy = `Take it out first; or start it anew by "tocsin source reset ${source}".`;
    return { failure: `source ${source} is configured. ${remedy}` };
  }
  if (!(await operate(io, positions.remove, { source }))) return unread(source);
  return { answer: { source }, text: `the position of ${source} is forgotten\n` };
});

export const command: CommandGroup = {
  subcommands: {
    list: entry('Show how far each source was read', list),
    search: entry('Search what the console of a source holds now', search),
    show: entry('Show an item as the console holds it now, beside what was stored', show),
    try: entry('Show what a source would make of a sample', tryOut),
    poll: entry('Read a source now', poll),
    pause: entry('Read nothing of a source for a while', pauseOf('source')),
    resume: entry('End the pause of a source, and read it at once', resumeOf('source')),
    reset: entry('Forget how far a source was read, and start a new generation', reset),
    rename: entry('Give the position of an id that is no longer configured to another one', rename),
    adopt: entry(
      'Say that the console which is configured now is the one that was read before',
      adopt,
    ),
    remove: entry('Forget the position of an id that is no longer configured', remove),
  },
};

/**
 * In words, which its type has; of an id that is no longer configured, those on which all types
 * agree.
 */
function positionOf({ source, cursor }: StoredPosition, config: Config): string {
  if (cursor === null) return 'nothing yet, begins at START_FROM';
  const type = config.sources.find(({ id }) => id === source)?.type;
  const definitions = Object.values(sources).filter(
    (one) => type === undefined || one.type === type,
  );
  const words = new Set(definitions.flatMap((one) => one.describeCursor?.(cursor) ?? []));
  return words.size === 1 ? [...words][0]! : `at ${cursor}`;
}

type Entry = StoredPosition & { readonly position: string } & Partial<
    Pick<State, 'pause' | 'failingSince' | 'lastError'>
  >;

function lineOf({ source, position, generation, console, updatedAt, ...standing }: Entry): string {
  const begun = generation === 1 ? 'first generation' : `generation ${generation}, begun anew`;
  const moved = `moved ${new Date(updatedAt).toISOString()}`;
  return row(source, ...(console ? [console] : []), position, moved, begun, ...troubles(standing));
}

/** Of one that is pushed to: it has no position. */
function pushedLineOf({ source, lastSuccessAt, lastError, pause }: State): string {
  const last = lastSuccessAt === null ? 'nothing stored yet' : `last stored ${lastSuccessAt}`;
  const refused = lastError && `last refused ${lastError.at}: ${lastError.message}`;
  const more = [...troubles({ pause }), ...(refused ? [refused] : [])];
  return row(source, 'is pushed to', last, ...more);
}

/** None while all is well. */
function troubles({ pause, failingSince, lastError }: Partial<Entry>): string[] {
  const failure = lastError ? `: ${lastError.message}` : '';
  return [
    ...(pause ? [`paused by ${pause.by} until ${pause.until}: ${pause.reason}`] : []),
    ...(failingSince ? [`failing since ${failingSince}${failure}`] : []),
  ];
}
