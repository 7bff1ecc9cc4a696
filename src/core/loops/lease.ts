// A held role as its worker sees it. Made by core/roles.
import type { Fence } from '../../kit/records/role.ts';

export interface Lease extends Fence {
  /** False once the role is known to be lost; it never becomes true again. */
  isHeld(): boolean;
  /**
   * True if the lease outlasts `ms` from now, by the local monotonic clock, counted from before its
   * last renewal was asked for.
   * Nothing that another holder must not repeat may start otherwise.
   */
  outlasts(ms: number): boolean;
  /** The database has said that another holds the role, sooner than the next heartbeat does. */
  lose(): void;
}

/**
 * What works a role. `stop` finishes what is in flight and writes what it knows; it never throws.
 */
export interface RoleWorker {
  /**
   * Milliseconds for which it has waited for something that should have come; small while all is
   * well, whether or not there is work.
   */
  stuckMs?(): number;
  stop(): Promise<void>;
}
