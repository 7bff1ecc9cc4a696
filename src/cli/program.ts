// Makes a command line of the table of commands: options before the command, help, version, and one
// command that runs. Loads a command only when its name was read.
import type { Command, CommandEntry, CommandGroup, CommandIo, CommandTable } from './command.ts';
import { firstOperand, Level } from './level.ts';
import { inDirectory, withEnvironmentFile } from './surroundings.ts';

/** What is known so far while the command line is read. */
export interface Progress {
  /** Changed by the options before the command. */
  io: CommandIo;
  /** Names of the command and its subcommand, as far as they were read. */
  readonly path: string[];
  /** The exit code of the command. */
  code: number;
}

/** The options that stand before the command. */
export const beforeCommand: Command['options'] = {
  'env-file': {
    type: 'string',
    value: '<file>',
    help: 'Variables of the service, one NAME=value a line; they go before those of this process',
  },
  directory: {
    type: 'string',
    value: '<path>',
    help: 'Where the service runs: .env is looked for there, and relative paths begin there',
  },
};

const about = `Relays security events to the people who must know of them.

The options go before the command, for one that runs beside a service.
tocsin <command> --help says more about one.
Exit codes: 0 done, 1 failed, 2 wrong usage, 78 bad configuration.`;

/**
 * @throws {UsageError}, commander's error after help or the version was printed, and whatever the
 * command throws
 */
export async function runProgram(
  argv: readonly string[],
  table: CommandTable,
  progress: Progress,
): Promise<void> {
  await createProgram(table, progress).parseAsync(withHelpAsOption(argv), { from: 'user' });
}

/** `help dead` means `dead --help`, and `version` means `--version`. */
function withHelpAsOption(argv: readonly string[]): string[] {
  const at = firstOperand(argv, new Set(Object.keys(beforeCommand).map((name) => `--${name}`)));
  const rest = argv.filter((_, index) => index !== at);
  if (argv[at] === 'help') return [...rest, '--help'];
  return argv[at] === 'version' ? [...rest.slice(0, at), '--version'] : [...argv];
}

function createProgram(table: CommandTable, progress: Progress): Level {
  const program = new Level('tocsin');
  const { io } = progress;
  program.configureOutput({ writeOut: io.stdout, writeErr: io.stderr }).exitOverride();
  program.helpOption('-h, --help', 'Say this').helpCommand(false);
  program.configureHelp({ subcommandTerm: (level) => level.name() });
  program.version(io.version, '-V, --version', 'Say which version this is');
  for (const [name, option] of Object.entries(beforeCommand)) program.declareOption(name, option);
  program.on('option:env-file', (path: string) => {
    progress.io = withEnvironmentFile(progress.io, path);
  });
  program.on('option:directory', (path: string) => {
    progress.io = inDirectory(progress.io, path);
  });
  program.description(about).usage('[options] <command>').enablePositionalOptions();
  fillGroup(program, table, progress);
  program.hook('preSubcommand', async (_, level) => {
    await fill(level as Level, table[level.name()]!, progress);
  });
  return program;
}

async function fill(level: Level, entry: CommandEntry, progress: Progress): Promise<void> {
  const { command } = await entry.load();
  if (command.details !== undefined)
    level.description(`${level.description()}\n\n${command.details}`);
  if (isGroup(command)) {
    level.usage('<subcommand> [options]');
    fillGroup(level, command.subcommands, progress);
    const levels = level.commands as Level[];
    await Promise.all(levels.map((one) => fill(one, command.subcommands[one.name()]!, progress)));
  } else {
    fillCommand(level, command, progress);
  }
}

export function isGroup(command: Command | CommandGroup): command is CommandGroup {
  return 'subcommands' in command;
}

function fillGroup(level: Level, table: CommandTable, progress: Progress): void {
  for (const [name, { summary }] of Object.entries(table))
    level.command(name).summary(summary).description(`${summary}.`);
  level.hook('preSubcommand', (_, chosen) => void progress.path.push(chosen.name()));
  // The action runs for a word that is none of them.
  level.allowUnknownOption().allowExcessArguments();
  level.action(() => level.refuseCommand());
}

function fillCommand(level: Level, command: Command, progress: Progress): void {
  for (const [name, option] of Object.entries(command.options)) level.declareOption(name, option);
  for (const argument of command.arguments ?? []) level.declareArgument(argument);
  const names = (command.arguments ?? []).map(({ name }) => name);
  level.usage([...names, '[options]'].join(' ')).allowExcessArguments(false);
  level.action(async () => {
    const empty = level.args.indexOf('');
    if (empty >= 0) level.error(`error: ${level.missing(empty)}`);
    progress.io.onCommand?.(command);
    const given = { values: level.givenValues(), positionals: level.args };
    progress.code = await command.run(given, progress.io);
  });
}
