// The two lists of a tenant. Each numbers its events on its own, so a number alone names no event.
// Constants only.

export type Stream = 'event' | 'suspicious';

/**
 * Paths under `/api/v1`, with the slash at the end that the vendor documents: without it the server
 * redirects.
 */
export const streamPaths: Readonly<Record<Stream, string>> = {
  event: '/events/',
  suspicious: '/suspicious-events/',
};
