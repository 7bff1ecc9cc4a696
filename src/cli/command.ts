// What a command is, the table of commands, and the error for a wrong command line.
import type { Signals } from './signals.ts';

/** An option, with what `--help` says about it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  /** Stands for the value of a string in the help: `<path>`. */
  readonly value?: string;
  /** One letter. */
  readonly short?: string;
  /** A string that may be given more than once; its value is a list. */
  readonly multiple?: boolean;
}

export interface CommandArgument {
  /** `<id>`, or `[id]` if it may be missing; `[id...]` takes all that follow. */
  readonly name: string;
  /** Also ends a sentence in an error: `the id of a sink`. */
  readonly help: string;
}

export interface CommandArguments {
  /** By the name behind the dashes; absent: not given. */
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** All that a command knows of the world outside, so that tests can stand in for it. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for and relative paths begin. */
  readonly directory: string;
  readonly version: string;
  /** Output that was asked for. `text` has its own line breaks. */
  stdout(text: string): void;
  /** Errors and remarks for people. The logger writes to the same place. */
  stderr(text: string): void;
  /** Held until the command handles them; absent where it does not run in a process of its own. */
  readonly signals?: Signals;
  /** Asks on the terminal, and shows nothing of the answer; absent: there is no terminal. */
  ask?(question: string): Promise<string>;
  /** Called with the command before it runs; not if only its help is printed. */
  onCommand?(command: Command): void;
}

export interface Command {
  /** What `--help` says beyond summary and options; each line is a paragraph. */
  readonly details?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly arguments?: readonly CommandArgument[];
  /** It handles `io.signals` itself; a signal ends any other command, as it ends every program. */
  readonly handlesSignals?: boolean;
  /** It delivers, so a sink may own standard output, and is told what cannot be written there. */
  readonly hasSinks?: boolean;
  /**
   * Resolves with the exit code: 0 done, 1 failed.
   * @throws {UsageError} (exit code 2), {ConfigError} (78); the caller reports them
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
  /** Loads the command only when it runs, so that no command loads the code of the others. */
  load(): Promise<{ readonly command: Command | CommandGroup }>;
}

export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** An entry whose command is loaded already. */
export function entry(summary: string, command: Command | CommandGroup): CommandEntry {
  return { summary, load: async () => ({ command }) };
}

/** The command line cannot be understood; the process exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
