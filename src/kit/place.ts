// Names where a sink posts to, without showing a secret.
import { createHmac } from 'node:crypto';

/** A sink and its place; undefined or null if the place is not known. */
export interface PlaceOf {
  readonly id: string;
  readonly place: string | null | undefined;
}

/**
 * The name of a place: what may be shown of it, and a short hash of the rest. Nobody can turn the
 * hash back: it is too short, and a webhook's secret is random. The database keeps backlogs under
 * this name, so it must stay the same from release to release.
 */
export function placeOf(origin: string, ...secretParts: readonly string[]): string {
  const hash = createHmac('sha256', 'tocsin place')
    .update(JSON.stringify(secretParts))
    .digest('hex');
  return `${origin} ${hash.slice(0, 10)}`;
}
