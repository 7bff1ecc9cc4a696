// How many events arrived in an hour. Types alone.
export interface HourCounts {
  /** When it began, ISO 8601 in UTC. */
  readonly at: string;
  readonly count: number;
  /** Of severity HIGH or CRITICAL. */
  readonly urgent: number;
}
