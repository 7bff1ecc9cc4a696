// The leanest store between Tocsin's own reader and its own card and HTTP client: what is left is
// what the store of the service costs.
import { runFloor } from './floor_store.mjs';
import { draftOf, readAll } from './reader.mjs';
import { send } from './sender.mjs';

await runFloor({ readAll, draftOf, send });
