// After a release: `node release/keep.mjs` keeps what is public now as that with which the next
// release is compared.
import { copyFileSync } from 'node:fs';

for (const name of ['openapi.json', 'tocsin.schema.json', 'public.json'])
  copyFileSync(
    new URL(`../docs/${name}`, import.meta.url),
    new URL(`baseline/${name}`, import.meta.url),
  );
