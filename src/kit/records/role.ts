// Roles as the database keeps them: who holds each, and what each process works on. Types alone.

/**
 * Proves that a role is held: a statement that carries the fence does nothing once the role is
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
  /** How long the lease lasts, by the database's clock; 0 or less if it has ended. */
  readonly remainingMs: number;
}

/**
 * What a process works on, or would if it held the roles. Others tell by it whether the process is
 * a replica of theirs or another service.
 */
export interface Works {
  /** Names of roles. */
  readonly roles: readonly string[];
  /** The console that each source reads, by id; a source that names none is absent. */
  readonly consoles: Readonly<Record<string, string>>;
  /** The place to which each sink posts, by id. */
  readonly places: Readonly<Record<string, string>>;
}
