// How people write a severity. The vendors' own words are their sources' business. Pure.
import { type Severity, severityNames } from './event.ts';

/** By its name, in any case; UNKNOWN is 0. Undefined of any other word. */
export function parseSeverity(text: string): Severity | undefined {
  const index = (severityNames as readonly string[]).indexOf(text.toUpperCase());
  return index === -1 ? undefined : (index as Severity);
}
