// Reads a severity as people write it. Each source reads its vendor's own words. Pure.
/**
 * The severity numbers of OCSF. 0 (unknown) passes every threshold, because an unknown word must
 * not silence an alert.
 */
export type Severity = 0 | 1 | 2 | 3 | 4 | 5;

/** By OCSF number. People see these names, and MIN_SEVERITY takes them. */
export const severityNames = ['UNKNOWN', 'INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type SeverityName = (typeof severityNames)[number];

/** The severity of a name, in any case; UNKNOWN is 0. Undefined for any other word. */
export function parseSeverity(text: string): Severity | undefined {
  const index = (severityNames as readonly string[]).indexOf(text.toUpperCase());
  return index === -1 ? undefined : (index as Severity);
}
