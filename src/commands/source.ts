// `tocsin source`: how far each source was read, a new start after its tenant was rebuilt, and whose position counts for which id.

import { type Command, type CommandIo, UsageError } from '../cli/command.ts';
import { jsonText } from '../cli/json.ts';
import type { Config } from '../config/index.ts';
import { positionRemarks } from '../core/identity/position.ts';
import { readerRemark } from '../core/identity/standing.ts';
import { createHttpClient } from '../kit/http/index.ts';
import type { StoredPosition } from '../kit/records/position.ts';
import { neutralText } from '../kit/text.ts';
import { source as positions, works } from '../operations/index.ts';
import { consolesOf } from '../service/adapters.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase, operate, peek } from '../service/operate.ts';
import { sources } from '../sources/index.ts';

/** How many ids each action takes. */
const actions: Readonly<Record<string, readonly [min: number, max: number, usage: string]>> = {
  list: [0, 0, 'list takes no id: it shows every source.'],
  reset: [1, 1, 'Say which source: "tocsin source list" shows them.'],
  rename: [2, 2, 'Say the id that the source had and the one that it has: "tocsin source rename <old> <new>".'],
  adopt: [1, 1, 'Say which source: "tocsin source list" shows them.'],
  remove: [1, 1, 'Say which source: "tocsin source list" shows them.'],
};

export const command: Command = {
  summary: 'Show how far each source was read; start one anew, rename it, or forget it',
  usage: 'source list|reset|rename|adopt|remove [<id>] [<new id>] [--json]',
  details:
    'list shows what each source reads, up to where, when that moved last, and its generation: how often its numbers began anew.\n' +
    'reset forgets how far the source was read and starts a new generation: it begins again at START_FROM, and item numbers seen before count as new.\n' +
    'rename moves the position of an id that is configured no more to another one. For one console and one id this happens by itself.\n' +
    'adopt says that the console which is configured now is the one that was read before, at a new address.\n' +
    'remove forgets the position of an id that is configured no more.',
  positionals: { min: 1, max: 3 },
  options: { json: { type: 'boolean', help: 'Print JSON' } },
  async run({ values, positionals }, io) {
    const [action = '', ...ids] = positionals;
    const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (known === undefined) throw new UsageError(`"${action}" is neither list nor reset, rename, adopt or remove.`);
    const [min, max, usage] = known;
    if (ids.length < min || ids.length > max || ids.includes('')) throw new UsageError(usage);
    const config = loadForDatabase(io);
    const print = (answer: unknown, text: string) => io.stdout(values.json ? jsonText(answer) : text);
    if (action === 'list') return list(config, io, values.json === true);
    return act({ action, config, io, print }, ids[0]!, ids[1]);
  },
};

async function list(config: Config, io: CommandIo, isJson: boolean): Promise<number> {
  const rows = await operate(io, positions.list, {});
  const remarks = positionRemarks(rows, consolesOf(config, { sources }, createHttpClient));
  const said = rows.map((row) => ({ ...row, position: positionOf(row, config) }));
  const shown = said.filter(({ console }) => console !== '');
  io.stdout(isJson ? jsonText(said, 2) : shown.map(lineOf).join('') || 'no source was read yet\n');
  if (config.sources.length > 0)
    for (const { source, text } of remarks) io.stderr(`${onOneLine(`source ${source}: ${text}`)}\n`);
  return exitCodes.done;
}

/** In words, which its type has; of an id that is configured no more, those on which all types agree. */
function positionOf({ source, cursor }: StoredPosition, config: Config): string {
  if (cursor === null) return 'nothing yet, begins at START_FROM';
  const type = config.sources.find(({ id }) => id === source)?.type;
  const definitions = Object.values(sources).filter((one) => type === undefined || one.type === type);
  const words = new Set(definitions.flatMap((one) => one.describeCursor?.(cursor) ?? []));
  return words.size === 1 ? [...words][0]! : `at ${cursor}`;
}

function lineOf({ source, position, generation, console, updatedAt }: StoredPosition & { position: string }): string {
  const begun = generation === 1 ? 'first generation' : `generation ${generation}, begun anew`;
  const moved = new Date(updatedAt).toISOString();
  return `${onOneLine([source, ...(console ? [console] : []), position, `moved ${moved}`, begun].join('  '))}\n`;
}

function onOneLine(text: string): string {
  return neutralText(text, { multiline: false });
}

interface Act {
  readonly action: string;
  readonly config: Config;
  readonly io: CommandIo;
  print(answer: unknown, text: string): void;
}

async function act({ action, config, io, print }: Act, source: string, to = ''): Promise<number> {
  const failed = (text: string) => {
    io.stderr(`${text}\n`);
    return exitCodes.failed;
  };
  const unread = `source ${source} was never read; "tocsin source list" shows those that were`;
  const isConfigured = (id: string) => config.sources.some((one) => one.id === id);
  const console = consolesOf(config, { sources }, createHttpClient).find(({ id }) => id === (to || source))?.console;
  if (action === 'reset' || action === 'adopt') {
    const others = (await peek(config, works.list, {})) ?? [];
    const remark = readerRemark({ others }, { id: source, console });
    if (remark !== undefined) io.stderr(`${onOneLine(remark)}.\n`);
  }
  if (action === 'reset') {
    const generation = await operate(io, positions.reset, { source, console });
    if (generation === null) return failed(unread);
    print({ source, generation }, `${source} starts anew, generation ${generation}\n`);
    return exitCodes.done;
  }
  if (action === 'rename') {
    const outcome = await operate(io, positions.rename, { source, to, console });
    if (outcome === 'lost') return failed(unread);
    if (outcome === 'held') return failed(`a running service reads ${source}. Take it out of its configuration first.`);
    print({ source, to }, `${to} goes on where ${source} was\n`);
    return exitCodes.done;
  }
  if (action === 'adopt') {
    if (console === undefined) return failed(`source ${source} is not configured here, or does not say what it reads`);
    if (!(await operate(io, positions.adopt, { source, console }))) return failed(unread);
    print({ source, console }, `the position of ${source} counts for ${console}\n`);
    return exitCodes.done;
  }
  if (isConfigured(source))
    return failed(
      `source ${source} is configured. Take it out first; or start it anew by "tocsin source reset ${source}".`,
    );
  if (!(await operate(io, positions.remove, { source }))) return failed(unread);
  print({ source }, `the position of ${source} is forgotten\n`);
  return exitCodes.done;
}
