// A lasting condition, and what was announced about it. Types alone.

export interface ConditionState {
  readonly name: string;
  /** When it began, in milliseconds since the epoch, and its age; by the database's clock. */
  readonly sinceMs: number;
  readonly ageMs: number;
  /** The last announcement and its recipients; null: none yet. */
  readonly told: string | null;
}
