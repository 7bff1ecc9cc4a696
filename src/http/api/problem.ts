// Failures of the API as RFC 9457 problems: `application/problem+json`, without a word of the
// database or of another far end.
import { refusalOf } from '../refusal.ts';

export type ProblemStatus =
  | (400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429)
  | (500 | 503);

const titles: Readonly<Record<ProblemStatus, string>> = {
  400: 'The input is not right',
  401: 'Nobody is signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Another method is needed',
  409: 'Not possible now',
  412: 'It has changed',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'The key was used for another request',
  429: 'Too many requests',
  500: 'The request failed',
  503: 'The service cannot answer now',
};

/** Of all problems of a status. */
export function titleOf(status: ProblemStatus): string {
  return titles[status];
}

export function problem(
  status: ProblemStatus,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { type: 'about:blank', title: titles[status], status, detail };
  return Response.json(body, {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** Undefined for a failure that says nothing to the client. */
export function problemOf(error: unknown): Response | undefined {
  const refused = refusalOf(error);
  return refused && problem(refused.status, refused.detail);
}
