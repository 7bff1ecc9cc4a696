// What lasts, and what people were told of it. Types alone.

export interface ConditionState {
  readonly name: string;
  /** Milliseconds since the epoch, and how long ago that is, both by the database's clock. */
  readonly sinceMs: number;
  readonly ageMs: number;
  /** What was said of it last, and to whom; null: nothing yet. */
  readonly told: string | null;
}
