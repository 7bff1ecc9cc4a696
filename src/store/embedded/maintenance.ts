// Does what a Postgres server does by itself and PGlite does not: checkpoints, and vacuum with
// statistics.
import type postgres from 'postgres';
import type { Engine } from './engine.ts';

export interface MaintenanceOptions {
  readonly sql: postgres.Sql;
  readonly engine: Pick<Engine, 'bytesSent' | 'allow'>;
  /** A checkpoint or vacuum failed; the next one is tried at its time. */
  onProblem(error: Error): void;
  /** A checkpoint follows a write at most this much later. */
  readonly checkpointEveryMs?: number | undefined;
  readonly vacuumEveryMs?: number | undefined;
}

/**
 * After this many bytes a checkpoint comes before its time, so that a burst cannot grow the
 * write-ahead log without bound.
 */
const checkpointBytes = 64 * 1024 * 1024;
const vacuumMsMax = 15 * 60_000;

/** Works by a timer, from its making until `stop`. The timer keeps no process alive. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #checkpointEveryMs: number;
  readonly #vacuumEveryMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #checkpointed: { atMs: number; bytes: number; position: string };
  readonly #vacuumed = { atMs: performance.now(), position: '' };
  /** Ends when everything that was begun has ended. */
  #running: Promise<void> = Promise.resolve();
  #isTicking = false;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    this.#checkpointEveryMs = options.checkpointEveryMs ?? 60_000;
    this.#vacuumEveryMs = options.vacuumEveryMs ?? 3_600_000;
    const { bytesSent } = options.engine;
    this.#checkpointed = { atMs: performance.now(), bytes: bytesSent, position: '' };
    const everyMs = Math.min(1000, this.#checkpointEveryMs, this.#vacuumEveryMs);
    this.#timer = setInterval(() => void this.#tick(), everyMs).unref();
  }

  /**
   * Frees the space of deleted and updated rows, and renews the planner's statistics. All other
   * statements wait meanwhile.
   */
  vacuum(): Promise<void> {
    return this.#run(() => this.#vacuum());
  }

  /** Stops the timer and waits for the work in hand. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    return this.#running;
  }

  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    try {
      await this.#run(() => this.#workIfNeeded());
    } catch (error) {
      this.#options.onProblem(error as Error);
    } finally {
      this.#isTicking = false;
    }
  }

  /** One after the other. */
  #run(act: () => Promise<void>): Promise<void> {
    const result = this.#running.then(act);
    this.#running = result.catch(() => {});
    return result;
  }

  async #workIfNeeded(): Promise<void> {
    const { sql, engine } = this.#options;
    const nowMs = performance.now();
    const isBurst = engine.bytesSent - this.#checkpointed.bytes > checkpointBytes;
    if (nowMs - this.#vacuumed.atMs >= this.#vacuumEveryMs) {
      this.#vacuumed.atMs = nowMs;
      if ((await logPosition(sql)) !== this.#vacuumed.position) await this.#vacuum();
    }
    if (isBurst || nowMs - this.#checkpointed.atMs >= this.#checkpointEveryMs)
      await this.#checkpoint();
  }

  async #vacuum(): Promise<void> {
    const { sql, engine } = this.#options;
    this.#vacuumed.atMs = performance.now();
    await engine.allow(vacuumMsMax, () => sql.unsafe('vacuum (analyze)').simple());
    this.#vacuumed.position = await logPosition(sql);
  }

  async #checkpoint(): Promise<void> {
    const { sql, engine } = this.#options;
    this.#checkpointed.atMs = performance.now();
    this.#checkpointed.bytes = engine.bytesSent;
    if ((await logPosition(sql)) === this.#checkpointed.position) return;
    await engine.allow(vacuumMsMax, () => sql.unsafe('checkpoint').simple());
    this.#checkpointed.position = await logPosition(sql);
  }
}

/** The end of the write-ahead log. While it stays the same, nothing was written. */
async function logPosition(sql: postgres.Sql): Promise<string> {
  const [row] = await sql`select pg_current_wal_insert_lsn()::text as position`;
  return String(row?.position);
}
