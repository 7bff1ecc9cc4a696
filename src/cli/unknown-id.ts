// The error for an id that is not in the configuration.
import { UsageError } from './command.ts';

/** @param known the ids of that kind */
export function unknownId(
  kind: 'sink' | 'source' | 'route',
  id: unknown,
  known: readonly string[],
): UsageError {
  return new UsageError(`No ${kind} is called "${id}"; there is ${known.join(', ') || 'none'}.`);
}
