// What a command is. Types, and the error for a wrong command line.
import type { ParseArgsConfig } from 'node:util';
import type { Signals } from './signals.ts';

type ParsedOption = NonNullable<ParseArgsConfig['options']>[string];

/** An option of `node:util` parseArgs, with what `--help` says about it. */
export type CommandOption = ParsedOption & {
  readonly help: string;
  /** Stands for the value in the help: `<path>`. */
  readonly value?: string;
};

export interface CommandArguments {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
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
  /** One line, no full stop. */
  readonly summary: string;
  /** What follows `tocsin`: `test <sink> [options]`. */
  readonly usage: string;
  /** What `--help` says beyond summary and options. */
  readonly details?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** How many positional arguments it takes; absent: none. */
  readonly positionals?: { readonly min: number; readonly max: number };
  /** It takes `io.signals` over; any other command ends by a signal as every program does. */
  readonly handlesSignals?: boolean;
  /** It delivers, so a sink may own standard output, and answers for what cannot be written there. */
  readonly hasSinks?: boolean;
  /**
   * Resolves with the exit code: 0 done, 1 failed. @throws {UsageError} 2, {ConfigError} 78, both told by whoever called
   */
  run(args: CommandArguments, io: CommandIo): Promise<number>;
}

/** The command line cannot be understood; the process exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
