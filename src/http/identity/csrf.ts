// Whether a request that changes something may have been sent by another web site. Browsers add
// what they know of a person to every request, whoever made them send it.

export interface SentRequest {
  readonly method: string;
  /** Undefined: there is no such header. */
  readonly fetchSite: string | undefined;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
  readonly hasBody: boolean;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const contentTypes =
  /^(?:application\/json|application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

/**
 * A sentence; null for a request that our own page may have sent.
 * @param ownOrigin scheme, host and port of our page
 */
export function forgeryIn(request: SentRequest, ownOrigin: string): string | null {
  const { method, fetchSite, origin, contentType, hasBody } = request;
  if (safeMethods.has(method)) return null;
  // Also the browser's word: a page cannot set it.
  const isOwn = fetchSite === undefined ? origin === ownOrigin : fetchSite === 'same-origin';
  if (!isOwn)
    return (
      'This request was not sent by the page of Tocsin. Use the page, or send a bearer token; ' +
      'if this is the page, PUBLIC_URL must be its address.'
    );
  if (hasBody && !contentTypes.test(contentType ?? ''))
    return 'Send JSON or a form, with its content type.';
  return null;
}
