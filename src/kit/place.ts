// Where a sink posts to, told without a secret.
import { createHmac } from 'node:crypto';

/** A sink and its place; undefined or null if that is not known. */
export interface PlaceOf {
  readonly id: string;
  readonly place: string | null | undefined;
}

/**
 * Names a place: what may be said of it, and a short hash of the rest. Too short to be turned back,
 * and the hash of a secret that is as random as a webhook's tells nothing.
 */
export function placeOf(origin: string, ...secretParts: readonly string[]): string {
  const hash = createHmac('sha256', 'tocsin place')
    .update(JSON.stringify(secretParts))
    .digest('hex');
  return `${origin} ${hash.slice(0, 10)}`;
}
