// Whether plain values are what docs/tocsin.schema.json allows, as an editor would see it.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const written = JSON.parse(
  readFileSync(new URL('../../docs/tocsin.schema.json', import.meta.url), 'utf8'),
);
const schema = z.fromJSONSchema(written);

/** Paths and what is wrong there; empty if nothing is. */
export function fitsJsonSchema(content: unknown): string[] {
  const { error } = schema.safeParse(content);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
