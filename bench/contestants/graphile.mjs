// What both ways of using graphile-worker share: its settings, and the statement that stores a
// page, adds its jobs and moves the cursor.
import { Logger, run, runMigrations } from 'graphile-worker';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 12 });
pool.on('error', console.error);
pool.on('connect', (client) => client.on('error', console.error));
const quiet = new Logger(() => () => {});

// As the floor's: finished jobs are deleted, so the events need a table of their own.
await pool.query(`
  create table events (id bigint primary key, raw text not null);
  create table position (after bigint not null);
  insert into position values (0)`);
await runMigrations({ pgPool: pool, logger: quiet });

/**
 * Stores a page with the given jobs of the task `send`, by the batch function of its documentation,
 * in one transaction.
 */
export async function store({ items, newestId }, payloads) {
  await pool.query({
    name: 'store',
    text: `
      with stored as (
        insert into events select * from unnest(string_to_array($1, ',')::bigint[], string_to_array($2, chr(30)))
        on conflict do nothing
      ), moved as (
        update position set after = $3
      )
      select count(*) from graphile_worker.add_jobs(array(
        select ('send', payload, null, null, null, null, null, null)::graphile_worker.job_spec
        from json_array_elements($4::json) as payload))`,
    values: [
      items.map(({ id }) => id).join(','),
      items.map(({ raw }) => raw).join('\u001e'),
      newestId,
      JSON.stringify(payloads),
    ],
  });
}

/**
 * Works the task `send`. The settings are those that its page on performance recommends for short
 * jobs in large numbers.
 */
export function work(send, { concurrentJobs, localQueueSize }) {
  return run({
    pgPool: pool,
    taskList: { send },
    preset: {
      worker: {
        concurrentJobs,
        logger: quiet,
        useNodeTime: true,
        pollInterval: 100,
        localQueue: { size: localQueueSize, refetchDelay: { durationMs: 10, threshold: 0 } },
        completeJobBatchDelay: 20,
        failJobBatchDelay: 20,
      },
    },
  });
}

/** A job a page: the batch job of its documentation, whose payload is a list. */
export async function workPages({ readAll, draftOf, send }) {
  await work((drafts) => drafts.map((draft) => send(draft)), {
    concurrentJobs: 2,
    localQueueSize: 10,
  });
  await readAll((page) => {
    const drafts = page.items.map((item) => {
      const { raw: _raw, ...draft } = draftOf(item);
      return draft;
    });
    return store(page, [drafts]);
  });
}
