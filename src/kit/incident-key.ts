// By what name a sink calls an incident in a product that keeps incidents itself, and a source knows
// it again. Pure.
import { z } from 'zod';
import type { StoredEvent } from './event.ts';

/** A setting of both; two installations that post to one account need two. */
export const incidentPrefix = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'has other signs than a-z, 0-9 and -, or more than 40')
  .default('tocsin')
  .describe(
    'Begins the name of each incident there. Two installations in one account need two; a source of the same product has that of its sink.',
  );

/** The root event names the incident: its card, its news, and the steps of its escalation. */
export function incidentKey(
  prefix: string,
  { id, body }: Pick<StoredEvent, 'id' | 'body'>,
): string {
  return `${prefix}:${body.news?.eventId ?? id}`;
}

/** Tocsin's number of the root event; undefined if the name is not one of ours. */
export function eventOfKey(prefix: string, key: unknown): number | undefined {
  if (typeof key !== 'string' || !key.startsWith(`${prefix}:`)) return undefined;
  const digits = key.slice(prefix.length + 1);
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined;
}
