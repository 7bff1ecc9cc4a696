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

/** What the process that reads a source knows of it. Times are ISO 8601, by its own clock. */
export interface SourceFacts {
  /** When a page was last stored; null: not since this process reads it. */
  readonly lastSuccessAt: string | null;
  readonly lastError: {
    readonly at: string;
    readonly reason: string;
    /** Holds no secret. */
    readonly message: string;
  } | null;
  /** Null while it is being read, or rests. */
  readonly nextPollAt: string | null;
}

export interface SinkFacts {
  /** When a sink that is down is tried again; null: it is not down, or rests. */
  readonly nextProbeAt: string | null;
}

/** By id. */
export interface WorkFacts {
  readonly sources?: Readonly<Record<string, SourceFacts>>;
  readonly sinks?: Readonly<Record<string, SinkFacts>>;
}

/** A live process. */
export interface Replica {
  readonly id: string;
  /** ISO 8601: unless it is renewed, its heartbeat counts as missing from then on. */
  readonly aliveUntil: string;
  /** Names of the roles that it holds. */
  readonly roles: readonly string[];
  readonly facts: WorkFacts;
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
  /** What it knew of them at its last heartbeat. */
  readonly facts?: WorkFacts | undefined;
}
