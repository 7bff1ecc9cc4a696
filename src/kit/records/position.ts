// How far each source was read. Types alone.

export interface ReadCursor {
  readonly cursor: string | null;
  readonly generation: number;
}

export interface StoredPosition extends ReadCursor {
  readonly source: string;
  /**
   * The console that was read, as the source names it; null if an older release stored the
   * position without it, "" if the position has moved to another source.
   */
  readonly console: string | null;
  readonly former: FormerNames | null;
  readonly updatedAt: string;
}

/** Events of `source` with an id up to `until` belong to this position. */
export interface FormerName {
  readonly source: string;
  readonly generation: number;
  readonly until: number;
}

/** The sources under which a position was read before its present one. */
export interface FormerNames {
  /** They count for this generation alone: after a reset, the old numbers are used again. */
  readonly generation: number;
  readonly names: readonly FormerName[];
}
