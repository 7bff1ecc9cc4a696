// pg-boss with the events in a table of their own and an id in the job; a worker reads the events
// of a batch in one statement.
import { pool, store, work } from './pgboss.mjs';
import { draftOf, readAll } from './reader.mjs';
import { send } from './sender.mjs';

await pool.query(
  'create table events (id bigint primary key, draft json not null, raw text not null)',
);

work(async (jobs) => {
  const { rows } = await pool.query({
    name: 'read',
    text: 'select draft from events where id = any ($1::bigint[])',
    values: [jobs.map(({ data }) => data.id)],
  });
  await Promise.all(rows.map(({ draft }) => send(draft)));
});

await readAll(({ items, newestId }) => {
  const drafts = items.map(draftOf).map(({ raw: _raw, ...draft }) => draft);
  const jobs = items.map(({ id }) => ({ name: 'send', data: { id } }));
  return store(newestId, jobs, (client) =>
    client.query({
      name: 'insert',
      text: `
        insert into events
        select * from unnest(string_to_array($1, ',')::bigint[], string_to_array($2, chr(30))::json[], string_to_array($3, chr(30)))
        on conflict do nothing`,
      values: [
        items.map(({ id }) => id).join(','),
        drafts.map((draft) => JSON.stringify(draft)).join('\u001e'),
        items.map(({ raw }) => raw).join('\u001e'),
      ],
    }),
  );
});
