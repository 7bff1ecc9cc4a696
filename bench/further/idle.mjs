// What it costs to run with nothing to do.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { postmasterOf } from '../postgres.mjs';
import { readCpu } from '../proc.mjs';
import { pause } from '../round.mjs';
import { environmentOf } from './latency.mjs';
import { ask, makeDatabase, startService } from './service.mjs';

const interval = 30;
const events = 500;
/** After events it looks sooner, and then less and less often. */
const settleMs = 45_000;
const watchedMs = 60_000;
const goals = { cpuPercent: 0.5, queriesPerSecond: 5 };

export const what = 'idle';

export async function run({ sql, serverUrl, world, rounds, say, nodeOptions }) {
  const postmaster = await postmasterOf(sql);
  const runs = [];
  for (let number = 0; number < rounds; number += 1) {
    const database = await makeDatabase(sql, serverUrl, 'idle');
    const tenant = await world.ask('tenant', { name: 'idle' });
    const { hookUrls } = await world.ask('receivers', { count: 1 });
    const environment = {
      ...environmentOf(tenant, hookUrls[0], database.url),
      POLLING_INTERVAL: String(interval),
    };
    await world.ask('add', { name: 'idle', events });
    const service = await startService({ environment, nodeOptions });
    try {
      await world.ask('arrive', { posts: events + 2 });
      await pause(settleMs);
      for (const isAsked of [false, true]) {
        const figures = await watch({ sql, database, service, postmaster, isAsked });
        runs.push({ isAsked, ...figures });
        say(`idle, round ${number + 1}: ${JSON.stringify(runs.at(-1))}`);
      }
    } finally {
      await service.stop();
      await database.drop();
    }
  }
  const alone = runs.filter(({ isAsked }) => !isAsked);
  const cpuPercent = Math.min(...alone.map((one) => one.cpuPercent));
  const queries = Math.max(...alone.map((one) => one.queries ?? one.commits));
  return {
    title: `nothing to do, POLLING_INTERVAL=${interval}`,
    how: `Watched for ${watchedMs / 1000} s, ${settleMs / 1000} s after the last of ${events} events. CPU of the whole process and of the whole server (checkpoints and its own upkeep included), in per cent of one core.
Transactions are \`pg_stat_database.xact_commit\` of its database; queries are the statements that the server's log shows with \`log_statement=all\`, switched on by a reload for the same time again, after the CPU was read.
"Asked": \`/metrics\` every 15 s and \`/readyz\` every 10 s, as in a cluster.`,
    columns: [
      'round',
      'service CPU %',
      'Postgres CPU %',
      'transactions/s',
      'queries/s',
      'busy cores',
    ],
    rows: runs.map((one, index) => [
      `${(index >> 1) + 1}, ${one.isAsked ? 'asked' : 'alone'}`,
      one.cpuPercent.toFixed(2),
      one.postgresPercent.toFixed(2),
      one.commits.toFixed(2),
      one.queries?.toFixed(2) ?? '–',
      one.busyCores.toFixed(2),
    ]),
    goals: [
      {
        what: 'CPU of the service, alone, best round',
        goal: `under ${goals.cpuPercent} %`,
        value: `${cpuPercent.toFixed(2)} %`,
        isMet: cpuPercent < goals.cpuPercent,
      },
      {
        what: 'queries a second, alone, worst round',
        goal: `under ${goals.queriesPerSecond}`,
        value: queries.toFixed(2),
        isMet: queries < goals.queriesPerSecond,
      },
    ],
    figures: runs,
  };
}

async function watch({ sql, database, service, postmaster, isAsked }) {
  const timers = isAsked
    ? [
        setInterval(() => ask(service.port, '/metrics'), 15_000),
        setInterval(() => ask(service.port, '/readyz'), 10_000),
      ]
    : [];
  const commits = async () => {
    const [row] =
      await sql`select xact_commit::float8 as count from pg_stat_database where datname = ${database.name}`;
    return row.count;
  };
  const read = async () => ({ commits: await commits(), ...readCpu(service.pid, postmaster) });
  const before = await read();
  await pause(watchedMs);
  const after = await read();
  const wallMs = after.at - before.at;
  const statements = await logStatements(sql, database);
  for (const timer of timers) clearInterval(timer);
  return {
    cpuPercent: (after.process - before.process) / wallMs / 10,
    postgresPercent: (after.postgres - before.postgres) / wallMs / 10,
    commits: ((after.commits - before.commits) / wallMs) * 1000,
    queries: statements && statements.length / (watchedMs / 1000),
    statements: statements && byText(statements),
    busyCores: (after.machine - before.machine) / wallMs / 1000,
  };
}

/**
 * The first words of every statement of that database for a while; undefined if the server's log
 * cannot be read.
 */
async function logStatements(sql, database) {
  const [{ data }] = await sql`select current_setting('data_directory') as data`;
  const log = join(dirname(data), 'log');
  const length = sizeOf(log);
  if (length === undefined) return undefined;
  try {
    await sql`alter system set log_line_prefix = '%d '`;
    await sql`alter system set log_statement = 'all'`;
    await sql`select pg_reload_conf()`;
    await pause(watchedMs);
  } finally {
    await sql`alter system reset all`;
    await sql`select pg_reload_conf()`;
  }
  return readFileSync(log, 'utf8')
    .slice(length)
    .split('\n')
    .filter(
      (line) =>
        line.startsWith(`${database.name} LOG:`) && /LOG: {2}(statement|execute)/.test(line),
    )
    .map((line) => line.replace(/^.*?LOG: {2}(?:statement|execute [^:]*): */, '').slice(0, 60));
}

function sizeOf(log) {
  try {
    return readFileSync(log, 'utf8').length;
  } catch {
    return undefined;
  }
}

function byText(statements) {
  const counts = {};
  for (const text of statements) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
