// The least that any program does for the job: read, parse, make the card, post. Nothing survives
// it.
import { draftOf, readAll } from './reader.mjs';
import { createSendQueue } from './sender.mjs';

const queue = createSendQueue(() => {});
await readAll(
  ({ items }) => queue.offer(items.map(draftOf)),
  () => queue.hasRoom(),
);
