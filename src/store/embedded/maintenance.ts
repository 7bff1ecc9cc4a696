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

export interface Maintenance {
  /**
   * Frees the space of deleted and updated rows, and renews the planner's statistics. All other
   * statements wait meanwhile.
   */
  vacuum(): Promise<void>;
  /** Stops the timer and waits for the work in hand. */
  stop(): Promise<void>;
}

/**
 * After this many bytes a checkpoint comes before its time, so that a burst cannot grow the
 * write-ahead log without bound.
 */
const checkpointBytes = 64 * 1024 * 1024;
const vacuumMsMax = 15 * 60_000;

/** Starts the timer, which keeps no process alive. */
export function startMaintenance(options: MaintenanceOptions): Maintenance {
  const { sql, engine } = options;
  const checkpointEveryMs = options.checkpointEveryMs ?? 60_000;
  const vacuumEveryMs = options.vacuumEveryMs ?? 3_600_000;
  const checkpointed = { at: performance.now(), bytes: engine.bytesSent, position: '' };
  const vacuumed = { at: performance.now(), position: '' };
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;

  /** One after the other; `stop` waits for the last. */
  function run(act: () => Promise<void>): Promise<void> {
    const result = running.then(act);
    running = result.catch(() => {});
    return result;
  }

  async function vacuum(): Promise<void> {
    vacuumed.at = performance.now();
    await engine.allow(vacuumMsMax, () => sql.unsafe('vacuum (analyze)').simple());
    vacuumed.position = await logPosition(sql);
  }

  async function checkpoint(): Promise<void> {
    checkpointed.at = performance.now();
    checkpointed.bytes = engine.bytesSent;
    if ((await logPosition(sql)) === checkpointed.position) return;
    await engine.allow(vacuumMsMax, () => sql.unsafe('checkpoint').simple());
    checkpointed.position = await logPosition(sql);
  }

  async function tick(): Promise<void> {
    const now = performance.now();
    const isBurst = engine.bytesSent - checkpointed.bytes > checkpointBytes;
    if (now - vacuumed.at >= vacuumEveryMs) {
      vacuumed.at = now;
      if ((await logPosition(sql)) !== vacuumed.position) await vacuum();
    }
    if (isBurst || now - checkpointed.at >= checkpointEveryMs) await checkpoint();
  }

  const timer = setInterval(
    () => {
      if (isRunning) return;
      isRunning = true;
      run(tick)
        .catch(options.onProblem)
        .finally(() => {
          isRunning = false;
        });
    },
    Math.min(1000, checkpointEveryMs, vacuumEveryMs),
  );
  timer.unref();

  return {
    vacuum: () => run(vacuum),
    stop: () => {
      clearInterval(timer);
      return running;
    },
  };
}

/** The end of the write-ahead log. While it stays the same, nothing was written. */
async function logPosition(sql: postgres.Sql): Promise<string> {
  const [row] = await sql`select pg_current_wal_insert_lsn()::text as position`;
  return String(row?.position);
}
