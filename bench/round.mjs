// One contestant, once: a database of its own, its process, and what was measured between its first
// post and its last.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { freePort, postmasterOf } from './postgres.mjs';
import { cpuOf, peakMemoryOf, readCpu } from './proc.mjs';
import { openScreens } from './screens.mjs';

/**
 * Read, stored and posted before the measurement, so that V8 has compiled what it needs, and every
 * connection is there. After 2,000 it has not:
 * its compiler then takes a quarter of the next second's CPU.
 */
export const warmEvents = 10_000;
/** Outcomes are written this long after the last post; what that costs counts as well. */
const settleMs = 400;

/** How long a process is watched that has nothing to do. */
const idleMs = 10_000;

/**
 * One contestant in a database and a process of its own.
 * @param world see main.mjs @param serverUrl where databases may be made
 * @param waiting how many events wait at the tenant before the process starts
 * @param watch is given the running contestant
 */
async function withContestant(
  contestant,
  { world, serverUrl, waiting, postBytes = 0, nodeOptions = [] },
  watch,
) {
  const sql = postgres(serverUrl, { max: 1, fetch_types: false, onnotice() {} });
  const database = `bench_${contestant.name}_${process.pid}`;
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  await sql.unsafe(`create database ${database}`);
  // The cheaper compression for every contestant; a server without it keeps its own.
  await sql
    .unsafe(`alter database ${database} set default_toast_compression = 'lz4'`)
    .catch(() => {});
  await sql.unsafe('checkpoint');
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
  const port = await freePort();
  let child;
  let isOver = false;
  try {
    const far = await world.ask('open');
    await world.ask('add', { events: waiting });
    const startedAt = performance.now();
    child = spawn(process.execPath, [...nodeOptions, ...contestant.command], {
      cwd: directory,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        PATH: process.env.PATH,
        DEEPINSTINCT_URL: far.url,
        TOKENS_KEY: far.token,
        MATTERMOST_WEBHOOK_URL: far.hookUrl,
        DATABASE_URL: url.href,
        DATA_DIR: directory,
        PORT: String(port),
        POST_BYTES: String(postBytes),
        ...contestant.environment,
      },
    });
    const failed = once(child, 'exit').then(([code]) => {
      if (!isOver) throw new Error(`${contestant.name} ended by itself (exit code ${code})`);
    });
    const arrive = (posts) => Promise.race([world.ask('arrive', { posts }), failed]);
    const read = await createReading(sql, child.pid, world.pid);
    return await watch({ child, port, url: url.href, startedAt, arrive, read });
  } finally {
    isOver = true;
    await stop(child);
    await sql.unsafe(`drop database ${database} with (force)`);
    await sql.end();
    await rm(directory, { recursive: true, force: true });
  }
}

/** @returns the figures of a warm contestant, by event */
export function measure(contestant, { events, isIdleMeasured = false, ...settings }) {
  const { world } = settings;
  const notices = contestant.notices ?? 0;
  return withContestant(contestant, { ...settings, waiting: warmEvents }, async (running) => {
    const { child, port, arrive, read } = running;
    await arrive(warmEvents + notices);
    await pause(settleMs);
    const screens = contestant.hasScreens ? await openScreens(port) : undefined;
    try {
      await world.ask('add', { events });
      const before = await read();
      screens?.begin();
      const { seconds } = await arrive(warmEvents + notices + events);
      await pause(settleMs);
      const after = await read();
      const peakMb = peakMemoryOf(child.pid);
      const idlePercent = isIdleMeasured ? await idlePercentOf(child.pid) : undefined;
      const seen = await screens?.close();
      return {
        perSecond: events / seconds,
        seconds,
        ...eachOf(before, after, events, contestant),
        peakMb,
        idlePercent,
        seen,
        ...(await kept(running.url, contestant, world, warmEvents + events)),
      };
    } finally {
      await screens?.close();
    }
  });
}

/** The first part of a cold run, of which the cost is told apart. */
export const firstEvents = 1000;

/**
 * A contestant from the start of its process, with `events` waiting.
 * @returns the figures by event; `firstUs` is of the first thousand, from the first post on, and
 * `ramp` the events of each second since the start
 */
export function measureCold(contestant, { events, ...settings }) {
  const { world } = settings;
  const notices = contestant.notices ?? 0;
  return withContestant(contestant, { ...settings, waiting: events }, async (running) => {
    const { child, arrive, read, startedAt } = running;
    // Beside them posts that are no events: they come with the first.
    await arrive(notices + 1);
    const readyMs = performance.now() - startedAt;
    const before = await read();
    await arrive(notices + firstEvents);
    const first = await read();
    const { seconds } = await arrive(notices + events);
    const allMs = performance.now() - startedAt;
    await pause(settleMs);
    const after = await read();
    return {
      readyMs,
      perSecond: (events * 1000) / (allMs - readyMs),
      seconds,
      perSecondFromStart: (events * 1000) / allMs,
      firstUs: (first.process - before.process) / firstEvents,
      ...eachOf(before, after, events, contestant),
      peakMb: peakMemoryOf(child.pid),
      ramp: (await world.ask('ramp')).perSecond,
      ...(await kept(running.url, contestant, world, events)),
    };
  });
}

/** What an event cost between two readings. */
function eachOf(before, after, events, { recorded }) {
  const each = (name) => (after[name] - before[name]) / events;
  return {
    cpuUs: each('process'),
    postgresUs: recorded ? each('postgres') : undefined,
    walBytes: recorded ? each('wal') : undefined,
    worldUs: each('world'),
    allUs: each('process') + (recorded ? each('postgres') : 0) + each('world'),
    // Cores that others had meanwhile.
    othersCores:
      (each('machine') - each('process') - each('postgres') - each('world')) /
      ((after.at - before.at) / events) /
      1000,
  };
}

/** What of `events` was lost, sent twice or not recorded. */
async function kept(url, contestant, world, events) {
  const { delivered, twice, postBytes } = await world.ask('count');
  const own = await countIn(url, contestant);
  return {
    postBytes,
    twice,
    lost: events - (delivered - own.notices),
    unrecorded: own.recorded === undefined ? undefined : events - own.recorded,
  };
}

/** Reads all counters at once. */
export async function createReading(sql, pid, worldPid) {
  const postmaster = await postmasterOf(sql);
  return async () => {
    const counters = { ...readCpu(pid, postmaster), world: cpuOf(worldPid) };
    const [{ wal }] = await sql`select (pg_current_wal_lsn() - '0/0')::float8 as wal`;
    return { ...counters, wal };
  };
}

/** Of one core. */
async function idlePercentOf(pid) {
  await pause(3000);
  const before = cpuOf(pid);
  await pause(idleMs);
  return (cpuOf(pid) - before) / 10 / idleMs;
}

async function countIn(url, { recorded, noticesSent }) {
  const own = postgres(url, { max: 1, fetch_types: false });
  try {
    const count = async (query) => (await own.unsafe(query))[0].count;
    return {
      recorded: recorded && (await count(recorded)),
      notices: noticesSent ? await count(noticesSent) : 0,
    };
  } finally {
    await own.end();
  }
}

export async function stop(child) {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(timer);
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
