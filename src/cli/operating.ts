// Runs operations for a command, and says what they refuse.
import type { Config } from '../config/index.ts';
import { ConflictError, InputError, NotFoundError } from '../operations/index.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase, type Operate, withOperations } from '../service/operate.ts';
import { type CommandIo, UsageError } from './command.ts';
import { onOneLine } from './lines.ts';

/**
 * Prints what an operation refuses, and gives the exit code.
 * @param config default: without the credentials of sources and sinks
 * @throws {UsageError} the operation cannot take the input
 */
export async function operating(
  io: CommandIo,
  use: (run: Operate) => Promise<void>,
  config: Config = loadForDatabase(io),
): Promise<number> {
  try {
    await withOperations(config, io, use);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof InputError) throw new UsageError(error.message);
    if (!(error instanceof NotFoundError || error instanceof ConflictError)) throw error;
    io.stderr(`tocsin: ${onOneLine(error.message)}\n`);
    return exitCodes.failed;
  }
}
