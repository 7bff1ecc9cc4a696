// What people asked of a running source or sink. Types alone.

/** Somebody let a source or a sink rest for a while. It ends by itself. */
export interface Pause {
  /** Who paused it. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601 in UTC, by the database's clock. */
  readonly since: string;
  readonly until: string;
}

export interface StoredControl {
  /** `source:<id>` or `sink:<id>`. */
  readonly name: string;
  /** Null: it is not paused. */
  readonly pause: (Pause & { readonly remainingMs: number }) | null;
  /** When somebody last asked for a poll; null: nobody did of late. */
  readonly pollAskedAt: string | null;
}
