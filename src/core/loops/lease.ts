// A held role as its worker sees it. Made by core/roles.
import type { Fence, WorkFacts } from '../../kit/records/role.ts';

export interface Lease extends Fence {
  /** False once the role was lost; it never becomes true again. */
  isHeld(): boolean;
  /**
   * Whether the lease lasts longer than `ms` from now, by the local monotonic clock, counted from
   * before its last renewal was requested. Nothing that another holder must not repeat may start
   * otherwise.
   */
  outlasts(ms: number): boolean;
  /**
   * Called when the database shows that another process holds the role, before the next heartbeat.
   */
  lose(): void;
}

/**
 * The worker of a role. `stop` finishes what is in flight and writes its outcomes; it never throws.
 */
export interface RoleWorker {
  /**
   * Milliseconds for which it has waited for something that should have come; small while all is
   * well, whether or not there is work.
   */
  stuckMs?(): number;
  /** What it knows of what it works, for the others to read. */
  facts?(): WorkFacts;
  stop(): Promise<void>;
}
