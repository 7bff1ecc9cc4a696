// As the old script would: one event after the other, each posted before the next, no database.
// Reader and sender are the fast ones.
import { idleMs } from './read_all.mjs';
import { draftOf, readPage } from './reader.mjs';
import { send } from './sender.mjs';

let after = 0;
for (;;) {
  const { items, newestId } = await readPage(after);
  if (items.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    continue;
  }
  for (const item of items) await send(draftOf(item));
  after = newestId;
}
