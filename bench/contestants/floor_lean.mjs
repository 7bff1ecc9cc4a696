// The leanest program for the whole job that we can write by hand: the same store, and a reader, a
// card and an exchange that do the least.
import { runFloor } from './floor_store.mjs';
import { draftOf, readAll } from './lean/reader.mjs';
import { send } from './lean/sender.mjs';

await runFloor({ readAll, draftOf, send });
