// The answer to an id that stands for nothing in the configuration.
import { UsageError } from './command.ts';

/** @param known ids that there are */
export function unknownId(
  kind: 'sink' | 'source' | 'route',
  id: unknown,
  known: readonly string[],
): UsageError {
  return new UsageError(`No ${kind} is called "${id}"; there is ${known.join(', ') || 'none'}.`);
}
