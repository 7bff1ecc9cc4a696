// Versions of things that two people may change at the same time: an answer's `version` is its
// ETag, and `If-Match` becomes the input's `version`. Pure.
import type { FieldSchemas } from './input.ts';
import { problem } from './problem.ts';

const versionForm = /^[\x21\x23-\x7e]{1,200}$/;

/** Undefined for an answer without a version. */
export function etagOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('version' in answer)) return undefined;
  const { version } = answer;
  return typeof version === 'string' && versionForm.test(version) ? `"${version}"` : undefined;
}

/**
 * What the header asks for; undefined: whatever version there is.
 * @param header `If-Match`
 */
export function versionOf(
  header: string | undefined,
  schemas: FieldSchemas,
): string | Response | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  if (!Object.hasOwn(schemas, 'version'))
    return problem(400, 'This has no versions; leave If-Match out.');
  const [, version] = /^\s*"([\x21\x23-\x7e]{1,200})"\s*$/.exec(header) ?? [];
  return (
    version ??
    problem(400, 'If-Match must be one ETag, in quotation marks, as an answer of this API had it.')
  );
}

/** The input, which asks for that version. */
export function withVersion(
  input: object,
  version: string | Response | undefined,
): object | Response {
  if (version instanceof Response) return version;
  if (version === undefined) return input;
  if ('version' in input && input.version !== version)
    return problem(400, '"version" and If-Match name two versions; leave one out.');
  return { ...input, version };
}
