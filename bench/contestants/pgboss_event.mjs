// pg-boss with the vendor's event in the job and nowhere else: finished jobs stay in its tables for
// their retention.
import { store, work } from './pgboss.mjs';
import { draftOf, readAll } from './reader.mjs';
import { send } from './sender.mjs';

work((jobs) =>
  Promise.all(
    jobs.map(({ data }) => send(draftOf({ value: data, raw: '', id: data.id, at: null }))),
  ),
);

await readAll(({ items, newestId }) =>
  store(
    newestId,
    items.map(({ value }) => ({ name: 'send', data: value })),
  ),
);
