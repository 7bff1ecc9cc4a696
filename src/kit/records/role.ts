// Roles as the database knows them: who holds one, and what each process works. Types alone.

/**
 * The fencing facts of a held role; a statement that carries them does nothing once the role was
 * lost.
 */
export interface Fence {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
}

export interface LeaseView {
  readonly name: string;
  readonly holder: string | null;
  readonly epoch: number;
  /**
   * How long the holder's heartbeat still holds, by the database's clock; negative or 0 if it is
   * over.
   */
  readonly remainingMs: number;
}

/**
 * What a process works or would work, so that others can tell whether it is a replica of theirs or
 * another service.
 */
export interface Works {
  /** Names of roles. */
  readonly roles: readonly string[];
  /** What each source reads, by its id. A source that does not say is absent. */
  readonly consoles: Readonly<Record<string, string>>;
  /** Where each sink posts, by its id. */
  readonly places: Readonly<Record<string, string>>;
}
