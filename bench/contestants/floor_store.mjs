// The leanest store with Tocsin's durability that we can write by hand: each event is stored once
// with its delivery, the cursor moves with it, and each outcome is recorded. No severity order, no
// retry, no second replica, no second source, nothing that can be asked for.
import postgres from 'postgres';
import { createSendQueue } from './queue.mjs';

const sql = postgres(process.env.DATABASE_URL, { max: 2, fetch_types: false, onnotice() {} });
// The outcome is the only update, so its rows get the room to make it in place, and no index names
// the column.
await sql.unsafe(`
  create table events (id bigint primary key, raw text not null);
  create table deliveries (event_id bigint primary key, delivered_at timestamptz) with (fillfactor = 50);
  create table position (after bigint not null);
  insert into position values (0)`);

const insert = `
  with input as (
    select * from unnest(string_to_array($1, ',')::bigint[], string_to_array($2, chr(30))) as i(id, raw)
  ), stored as (
    insert into events select id, raw from input on conflict do nothing returning id
  ), decided as (
    insert into deliveries (event_id) select id from stored
  ), moved as (
    update position set after = $3::text::bigint
  ) select id from stored`;
const record = `update deliveries set delivered_at = now() where event_id = any ($1::text::bigint[])`;

const gatherMs = 20;

/** Reads, stores and sends until it is ended. The parts are those of reader.mjs and sender.mjs. */
export async function runFloor({ readAll, draftOf, send }) {
  let sent = [];
  let isRecording = false;

  const queue = createSendQueue(send, (draft) => {
    sent.push(draft.externalId);
    if (!isRecording) void recordAll();
  });

  async function recordAll() {
    isRecording = true;
    while (sent.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      const ids = sent;
      sent = [];
      await sql.unsafe(record, [`{${ids.join(',')}}`], { prepare: true });
    }
    isRecording = false;
  }

  await readAll(
    async ({ items, newestId }) => {
      const drafts = items.map(draftOf);
      const ids = drafts.map((draft) => draft.externalId).join(',');
      const raws = drafts.map((draft) => draft.raw).join('\u001e');
      const fresh = await sql.unsafe(insert, [ids, raws, String(newestId)], { prepare: true });
      if (fresh.length === drafts.length) return queue.offer(drafts);
      const freshIds = new Set(fresh.map(({ id }) => id));
      queue.offer(drafts.filter((draft) => freshIds.has(draft.externalId)));
    },
    () => queue.hasRoom(),
  );
}
