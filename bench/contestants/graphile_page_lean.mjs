// graphile-worker with a job a page, between the lean reader and the lean sender.
import { workPages } from './graphile.mjs';
import { draftOf, readAll } from './lean/reader.mjs';
import { send } from './lean/sender.mjs';

await workPages({ readAll, draftOf, send });
