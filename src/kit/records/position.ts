// How far a source was read. Types alone.

export interface ReadCursor {
  readonly cursor: string | null;
  readonly generation: number;
}

export interface StoredPosition extends ReadCursor {
  readonly source: string;
  /**
   * What was read, as the source says it; null if it was stored by a release that did not say, ""
   * if nothing is left here.
   */
  readonly console: string | null;
  readonly former: FormerNames | null;
  readonly updatedAt: string;
}

/** Events with an id up to `until`, stored under that source, are this position's own. */
export interface FormerName {
  readonly source: string;
  readonly generation: number;
  readonly until: number;
}

/** What a position was read under before it came to its present source. */
export interface FormerNames {
  /** They count only while the row is of this generation: after a reset, old numbers are new. */
  readonly generation: number;
  readonly names: readonly FormerName[];
}
