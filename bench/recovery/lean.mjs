// The leanest program that we can write by hand which loses nothing: it stores each page with its
// position in one transaction, posts what is pending, records what was accepted, and tries whatever
// failed again after 250 ms, doubling to 30 s. One stream, one channel, one process.
import postgres from 'postgres';
import { inFlightMax } from '../contestants/queue.mjs';
import { draftOf, readPage } from '../contestants/reader.mjs';
import { send } from '../contestants/sender.mjs';

const firstMs = 250;
const maxMs = 30_000;
const gatherMs = 20;
const waitingMax = 500;
const pollMs = Number(process.env.POLL_MS);
const sendTimeoutMs = Number(process.env.SEND_TIMEOUT_MS);

const sql = postgres(process.env.DATABASE_URL, { max: 2, fetch_types: false, onnotice() {} });
const insert = `
  with input as (
    select * from unnest(string_to_array($1, ',')::bigint[], string_to_array($2, chr(30))) as i(id, raw)
  ), stored as (
    insert into events select id, raw from input on conflict do nothing returning id
  ), decided as (
    insert into deliveries (event_id) select id from stored
  ) update position set after = $3::text::bigint`;
const record =
  'update deliveries set delivered_at = now() where event_id = any ($1::text::bigint[])';

await sql.unsafe(`
  create table if not exists events (id bigint primary key, raw text not null);
  create table if not exists deliveries (event_id bigint primary key, delivered_at timestamptz);
  create table if not exists position (after bigint not null);
  insert into position select 0 where not exists (select from position)`);

const waiting = [];
let inFlight = 0;
let sent = [];
let isRecording = false;
/** The channel asked for a pause until then. */
let pausedUntil = 0;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** As long as the far end asked for, else the next step. */
function waitAfter(failures, error) {
  const asked = error.retryAfterMs ?? Number(error.answer?.headers?.['retry-after']) * 1000;
  return Number.isFinite(asked) ? asked : Math.min(firstMs * 2 ** (failures - 1), maxMs);
}

async function untilItWorks(work) {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      await pause(waitAfter(failures, error));
    }
  }
}

function pump() {
  const pausedMs = pausedUntil - performance.now();
  if (pausedMs > 0) return;
  while (inFlight < inFlightMax && waiting.length > 0) void post(waiting.shift());
}

async function post({ draft, failures }) {
  inFlight += 1;
  try {
    await send(draft, sendTimeoutMs);
    sent.push(draft.externalId);
    if (!isRecording) void recordAll();
  } catch (error) {
    const waitMs = waitAfter(failures + 1, error);
    if (error.answer?.status === 429) pausedUntil = performance.now() + waitMs;
    setTimeout(() => {
      waiting.unshift({ draft, failures: failures + 1 });
      pump();
    }, waitMs + 1);
  } finally {
    inFlight -= 1;
    pump();
  }
}

async function recordAll() {
  isRecording = true;
  while (sent.length > 0) {
    await pause(gatherMs);
    const ids = sent;
    sent = [];
    await untilItWorks(() => sql.unsafe(record, [`{${ids.join(',')}}`], { prepare: true }));
  }
  isRecording = false;
}

function offer(drafts) {
  for (const draft of drafts) waiting.push({ draft, failures: 0 });
  pump();
}

/**
 * Repeated until it is known to be stored: a page whose answer was lost is there already, and was
 * not offered yet.
 */
function store({ items, newestId }, drafts) {
  const ids = drafts.map((draft) => draft.externalId).join(',');
  const raws = items.map(({ raw }) => raw).join('\u001e');
  return untilItWorks(() => sql.unsafe(insert, [ids, raws, String(newestId)], { prepare: true }));
}

const [{ after: position }] = await sql`select after from position`;
const pending =
  await sql`select id, raw from events join deliveries on event_id = id where delivered_at is null order by id`;
offer(
  pending.map(({ id, raw }) => draftOf({ id: Number(id), raw, value: JSON.parse(raw), at: null })),
);
let after = Number(position);
const read = () => untilItWorks(() => readPage(after));
let next = read();
for (;;) {
  const page = await next;
  if (page.items.length > 0) after = page.newestId;
  else await pause(pollMs);
  next = read();
  if (page.items.length === 0) continue;
  const drafts = page.items.map(draftOf);
  await store(page, drafts);
  offer(drafts);
  while (waiting.length > waitingMax) await pause(5);
}
