// graphile-worker with a job a page: its documented batch job, whose payload is a list and whose
// task answers for each element.
import { store, work } from './graphile.mjs';
import { draftOf, readAll } from './reader.mjs';
import { send } from './sender.mjs';

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
