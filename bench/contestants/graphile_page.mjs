// graphile-worker with a job a page: its documented batch job, whose payload is a list and whose
// task answers for each element.
import { workPages } from './graphile.mjs';
import { draftOf, readAll } from './reader.mjs';
import { send } from './sender.mjs';

await workPages({ readAll, draftOf, send });
