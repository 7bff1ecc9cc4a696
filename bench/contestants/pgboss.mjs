// What both ways of using pg-boss share: its settings, its queue, and workers that fetch, send and
// complete many jobs at a time.
import pg from 'pg';
import PgBoss from 'pg-boss';

const batchSize = 100;
const workers = 2;
const idleMs = 20;

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8 });
export const boss = new PgBoss({
  db: { executeSql: (text, values) => pool.query(text, values) },
  supervise: false,
  schedule: false,
});
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue('send');

/** @param sendAll posts what a batch of jobs asks for */
export function work(sendAll) {
  for (let worker = 0; worker < workers; worker += 1) void workOn(sendAll);
}

/**
 * `boss.work` looks at its queue twice a second at most, so this is its loop without the pause:
 * fetch, send, complete.
 */
async function workOn(sendAll) {
  for (;;) {
    const jobs = await boss.fetch('send', { batchSize, priority: false });
    if (jobs.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, idleMs));
      continue;
    }
    await sendAll(jobs);
    await boss.complete(
      'send',
      jobs.map(({ id }) => id),
    );
  }
}

/** One transaction for a page: `before` (what else is to be stored), the jobs, the cursor. */
export async function store(newestId, jobs, before = async () => {}) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await before(client);
    await boss.insert(jobs, { db: { executeSql: (text, values) => client.query(text, values) } });
    await client.query({
      name: 'move',
      text: 'update position set after = $1',
      values: [newestId],
    });
    await client.query('commit');
  } finally {
    client.release();
  }
}

await pool.query('create table position (after bigint not null); insert into position values (0)');
