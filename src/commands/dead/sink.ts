// The sink that a `tocsin dead` command is asked about.
import { type CommandIo, UsageError } from '../../cli/command.ts';
import { loadForDatabase } from '../../service/operate.ts';

export const sinkOption = {
  sink: { type: 'string', value: '<id>', help: 'Only those of this sink' },
} as const;

/**
 * For when nothing was found; what is dead may be of a sink that is no longer configured.
 * @throws {UsageError}
 */
export function assertSinkIsKnown(sink: string | undefined, io: CommandIo): void {
  const known = loadForDatabase(io).sinks.map(({ id }) => id);
  if (sink === undefined || known.length === 0 || known.includes(sink)) return;
  throw new UsageError(
    `Nothing is dead for "${sink}", and no sink is called so; there is ${known.join(', ')}.`,
  );
}
