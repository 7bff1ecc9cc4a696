// What a command is, and the table of them. Types, and the error for a wrong command line.
import type { Signals } from './signals.ts';

/** An option, with what `--help` says about it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  /** Stands for the value of a string in the help: `<path>`. */
  readonly value?: string;
  /** One letter. */
  readonly short?: string;
  /** Of a string: may be given more than once, and its value is a list. */
  readonly multiple?: boolean;
}

export interface CommandArgument {
  /** `<id>`, or `[id]` if it may be missing; `[id...]` takes all that follow. */
  readonly name: string;
  /** Ends a sentence as well: `as "tocsin source list" shows it`. */
  readonly help: string;
}

export interface CommandArguments {
  /** By name, as it is written behind the dashes; absent: not given. */
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** The world outside of a command, so that tests can be it. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for and relative paths begin. */
  readonly directory: string;
  readonly version: string;
  /** Output that was asked for; `text` ends its own lines. */
  stdout(text: string): void;
  /** What went wrong, for people. The logger writes to the same place. */
  stderr(text: string): void;
  /** Held until the command takes them over; absent where the command is no process of its own. */
  readonly signals?: Signals;
  /** Called once the command is known, before it runs; not for its help. */
  onCommand?(command: Command): void;
}

export interface Command {
  /** What `--help` says beyond summary and options, a paragraph a line. */
  readonly details?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly arguments?: readonly CommandArgument[];
  /** It takes `io.signals` over; any other command ends by a signal as every program does. */
  readonly handlesSignals?: boolean;
  /**
   * It delivers, so a sink may own standard output, and answers for what cannot be written there.
   */
  readonly hasSinks?: boolean;
  /**
   * Resolves with the exit code: 0 done, 1 failed.
   * @throws {UsageError} 2, {ConfigError} 78, which the caller reports
   */
  run(args: CommandArguments, io: CommandIo): Promise<number>;
}

/** A command that is a choice of others: `tocsin dead list`. */
export interface CommandGroup {
  readonly details?: string;
  readonly subcommands: CommandTable;
}

export interface CommandEntry {
  /** One line, no full stop. */
  readonly summary: string;
  /** Called when the command is wanted, so that each starts without the code of the others. */
  load(): Promise<{ readonly command: Command | CommandGroup }>;
}

export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** An entry of a table whose command is at hand. */
export function entry(summary: string, command: Command | CommandGroup): CommandEntry {
  return { summary, load: async () => ({ command }) };
}

/** The command line cannot be understood; the process exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
