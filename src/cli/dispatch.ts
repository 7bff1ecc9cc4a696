// From the command line to one command and its exit code: help, version, and what is said when something goes wrong.

import { parseArgs } from 'node:util';
import { ConfigError } from '../kit/errors.ts';
import { suggest } from '../kit/suggest.ts';
import { describeError } from '../observe/log.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { readSurroundings } from './surroundings.ts';

/** Loads a command when it is wanted, so that each starts without the code of the others. */
export type CommandTable = Readonly<Record<string, () => Promise<{ readonly command: Command }>>>;

/** Never rejects: what a command throws is told on stderr and becomes the exit code. */
export async function dispatch(argv: readonly string[], table: CommandTable, outer: CommandIo): Promise<number> {
  let io = outer;
  let name: string | undefined;
  try {
    const around = readSurroundings(argv, io);
    const rest = around.argv.slice(1);
    name = around.argv[0];
    io = around.io;
    if (name === undefined) throw new UsageError(`No command.\n\n${await helpOf(table)}`);
    if (['--version', '-V', 'version'].includes(name)) {
      io.stdout(`${io.version}\n`);
      return exitCodes.done;
    }
    if (['--help', '-h'].includes(name) || (name === 'help' && rest.length === 0)) {
      io.stdout(await helpOf(table));
      return exitCodes.done;
    }
    return name === 'help' ? await run(rest[0] ?? '', ['--help'], table, io) : await run(name, rest, table, io);
  } catch (error) {
    return tell(error, name, table, io);
  }
}

async function run(name: string, argv: readonly string[], table: CommandTable, io: CommandIo): Promise<number> {
  const load = Object.hasOwn(table, name) ? table[name] : undefined;
  if (load === undefined) throw new UsageError(unknownCommand(name, table));
  const { command } = await load();
  const isHelp = argv.includes('--help') || argv.includes('-h');
  if (!isHelp) io.onCommand?.(command);
  if (isHelp) {
    io.stdout(helpOfCommand(command));
    return exitCodes.done;
  }
  return command.run(parse(command, argv), io);
}

function parse(command: Command, argv: readonly string[]) {
  let parsed: { values: Record<string, string | boolean | (string | boolean)[] | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options: { ...command.options }, allowPositionals: true, strict: true });
  } catch (error) {
    // Node adds advice about dashes, which helps nobody here.
    const reason = (error as Error).message.split('. ')[0]?.replace(/\.$/, '');
    throw new UsageError(`${reason}.\nUsage: tocsin ${command.usage}`);
  }
  const { min, max } = command.positionals ?? { min: 0, max: 0 };
  const count = parsed.positionals.length;
  if (count < min) throw new UsageError(`Something is missing.\nUsage: tocsin ${command.usage}`);
  if (count > max) throw new UsageError(`"${parsed.positionals[max]}" is too much.\nUsage: tocsin ${command.usage}`);
  return parsed;
}

function unknownCommand(name: string, table: CommandTable): string {
  const names = Object.keys(table);
  const meant = suggest(name, names) ?? names.find((known) => name.length > 2 && known.startsWith(name));
  return `"${name}" is not a command. ${meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean "${meant}"?`}`;
}

function tell(error: unknown, name: string | undefined, table: CommandTable, io: CommandIo): number {
  if (error instanceof UsageError) {
    const help = name !== undefined && Object.hasOwn(table, name) ? `${name} --help` : '--help';
    io.stderr(`tocsin: ${error.message.trimEnd()}\nSee tocsin ${help}.\n`);
    return exitCodes.usage;
  }
  if (error instanceof ConfigError) {
    io.stderr(listProblems(error));
    return exitCodes.config;
  }
  const { message, code, cause, stack } = describeError(error);
  const fact = code === undefined ? message : `${message} (${code})`;
  io.stderr(
    `tocsin ${name}: ${withCause(fact, cause?.message)}\n${(stack ?? []).map((frame) => `    ${frame}\n`).join('')}`,
  );
  return exitCodes.failed;
}

/** Behind a whole sentence the cause stands by itself. */
function withCause(fact: string, cause: string | undefined): string {
  if (!cause) return fact;
  return fact.endsWith('.') ? `${fact} (${cause})` : `${fact}: ${cause}`;
}

/** Every problem with its remedy, for people. */
export function listProblems({ problems, warnings }: ConfigError): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = problemLines(problems);
  const hints = warnings.map((warning) => `\n  ${warning}\n`);
  return `tocsin: the configuration has ${count}:\n${[...lines, ...hints].join('')}`;
}

/** One entry for each, which begins and ends with a line break. */
export function problemLines(problems: ConfigError['problems']): string[] {
  return problems.map(({ where, problem, remedy }) => `\n  ${where} ${problem}.\n    ${sentence(remedy)}\n`);
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}

async function helpOf(table: CommandTable): Promise<string> {
  const entries = await Promise.all(Object.entries(table).map(async ([name, load]) => [name, (await load()).command]));
  const rows = (entries as [string, Command][]).map(([name, command]): [string, string] => [name, command.summary]);
  return [
    'Usage: tocsin <command> [options]',
    '',
    'Relays security events to the people who must hear of them.',
    '',
    'Commands:',
    ...columns(rows),
    '',
    'Options before the command, for one that runs beside a service:',
    ...columns([
      ['--env-file <file>', 'Variables of the service, one NAME=value a line; they go before those of this process'],
      ['--directory <path>', 'Where the service runs: .env is looked for there, and relative paths begin there'],
    ]),
    '',
    'tocsin <command> --help says more about one; tocsin --version says which version this is.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 78 bad configuration.',
    '',
  ].join('\n');
}

function helpOfCommand({ usage, summary, details, options }: Command): string {
  const rows = Object.entries(options).map(([name, option]): [string, string] => {
    const short = option.short === undefined ? '' : `-${option.short}, `;
    const value = option.type === 'string' ? ` ${option.value ?? '<value>'}` : '';
    return [`${short}--${name}${value}`, option.help];
  });
  return [
    `Usage: tocsin ${usage}`,
    '',
    `${summary}.`,
    ...(details === undefined ? [] : ['', details]),
    '',
    'Options:',
    ...columns([...rows, ['-h, --help', 'Say this']]),
    '',
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
