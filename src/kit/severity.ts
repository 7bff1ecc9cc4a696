// Reads a severity as people write it. Each source reads its vendor's own words. Pure.
import { type Severity, severityNames } from './event.ts';

/** The severity of a name, in any case; UNKNOWN is 0. Undefined for any other word. */
export function parseSeverity(text: string): Severity | undefined {
  const index = (severityNames as readonly string[]).indexOf(text.toUpperCase());
  return index === -1 ? undefined : (index as Severity);
}
