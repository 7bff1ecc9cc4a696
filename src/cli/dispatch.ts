// Runs the command of a command line, and prints what goes wrong. Gives the exit code.
import { CommanderError } from 'commander';
import { ConfigError } from '../kit/errors.ts';
import { describeError } from '../observe/log.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { type CommandIo, type CommandTable, UsageError } from './command.ts';
import { type Progress, runProgram } from './program.ts';

/** The exit code. Never rejects: what a command throws is printed on stderr. */
export async function dispatch(
  argv: readonly string[],
  table: CommandTable,
  io: CommandIo,
): Promise<number> {
  const progress: Progress = { io, path: [], code: exitCodes.done };
  try {
    await runProgram(argv, table, progress);
    return progress.code;
  } catch (error) {
    // Help or the version was printed.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    return report(error, progress);
  }
}

function report(error: unknown, { io, path }: Progress): number {
  const name = ['tocsin', ...path].join(' ');
  if (error instanceof UsageError) {
    io.stderr(`tocsin: ${error.message.trimEnd()}\nSee ${name} --help.\n`);
    return exitCodes.usage;
  }
  if (error instanceof ConfigError) {
    io.stderr(listProblems(error));
    return exitCodes.config;
  }
  const { message, code, cause, stack } = describeError(error);
  const fact = withCode(message, code);
  // Where a statement failed, the cause has the code.
  const reason =
    cause && (code === undefined ? withCode(cause.message, cause.code) : cause.message);
  const frames = (stack ?? []).map((frame) => `    ${frame}\n`).join('');
  io.stderr(`${name}: ${withCause(fact, reason)}\n${frames}`);
  return exitCodes.failed;
}

function withCode(message: string, code: string | undefined): string {
  return code === undefined ? message : `${message} (${code})`;
}

/** After a whole sentence the cause stands in brackets. */
function withCause(fact: string, cause: string | undefined): string {
  if (!cause) return fact;
  return fact.endsWith('.') ? `${fact} (${cause})` : `${fact}: ${cause}`;
}

/** Every problem with its remedy, and the warnings, for people. */
export function listProblems({ problems, warnings }: ConfigError): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = problemLines(problems);
  const hints = warnings.map((warning) => `\n  ${warning}\n`);
  return `tocsin: the configuration has ${count}:\n${[...lines, ...hints].join('')}`;
}

/** One entry for each problem, which begins and ends with a line break. */
export function problemLines(problems: ConfigError['problems']): string[] {
  return problems.map(
    ({ where, problem, remedy }) => `\n  ${where} ${problem}.\n    ${sentence(remedy)}\n`,
  );
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}
