// What an API key says about its own end. Keys are JWTs; those that were seen have no end. Pure;
// verifies nothing.

import { parsedJson } from '../../kit/parsed-json.ts';
import { isObject } from './page.ts';

/** Milliseconds since the epoch; undefined if the key says nothing or is no JWT. */
export function expiryOf(token: string): number | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  const claims = decoded(parts[1]!);
  const seconds = isObject(claims) ? claims.exp : undefined;
  // Past this a Date has no text.
  const isTime = typeof seconds === 'number' && seconds > 0 && seconds < 8.64e12;
  return isTime ? Math.trunc(seconds * 1000) : undefined;
}

function decoded(part: string): unknown {
  return parsedJson(Buffer.from(part, 'base64url').toString('utf8'));
}
