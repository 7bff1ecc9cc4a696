// The least that any program does for the job with the service's own parts: read, parse, make the
// card, post. Nothing survives it.
import { createSendQueue } from './queue.mjs';
import { draftOf, readAll } from './reader.mjs';
import { send } from './sender.mjs';

const queue = createSendQueue(send, () => {});
await readAll(
  ({ items }) => queue.offer(items.map(draftOf)),
  () => queue.hasRoom(),
);
