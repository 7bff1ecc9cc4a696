// graphile-worker with a job an event: the job carries what the card needs, so that the worker
// reads no event.
import { store, work } from './graphile.mjs';
import { inFlightMax } from './queue.mjs';
import { draftOf, readAll } from './reader.mjs';
import { send } from './sender.mjs';

await work((draft) => send(draft), { concurrentJobs: inFlightMax, localQueueSize: 500 });
await readAll((page) =>
  store(
    page,
    page.items.map((item) => {
      const { raw: _raw, ...draft } = draftOf(item);
      return draft;
    }),
  ),
);
