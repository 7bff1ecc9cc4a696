// The codes of S3: what they mean for a delivery where the status alone would mislead.
import { expect, it, test } from 'vitest';
import { codeOf, refusalOf } from '../../../src/sinks/s3/answers.ts';

const answer = (status: number, code: string) => ({
  ...{ status, headers: {}, truncated: false },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>hidden</Message></Error>`,
});

test.each([
  [400, 'AuthorizationHeaderMalformed', 'reject_sink', 'bad_config'],
  [403, 'RequestTimeTooSkewed', 'reject_sink', 'bad_config'],
  [400, 'ExpiredToken', 'reject_sink', 'auth'],
  [400, 'EntityTooLarge', 'reject_event', 'too_large'],
  [400, 'BadDigest', 'retry', 'server_error'],
  [400, 'RequestTimeout', 'retry', 'server_error'],
  [409, 'ConditionalRequestConflict', 'retry', 'server_error'],
])('%i %s is %s', (status, code, outcome, reason) => {
  const error = refusalOf(answer(status, code), 'archive.example:443', ['hidden']);
  expect(error).toMatchObject({ outcome, reason, status });
  expect(error!.message).toContain(`(${code})`);
  expect(error!.answer).not.toContain('hidden');
});

it('leaves the rest to the status', () => {
  for (const code of ['AccessDenied', 'NoSuchBucket', 'SlowDown', 'toString'])
    expect(refusalOf(answer(403, code), 'host', [])).toBeUndefined();
  expect(refusalOf(answer(200, 'BadDigest'), 'host', [])).toBeUndefined();
  expect(codeOf({ ...answer(403, ''), body: '<html>' })).toBeUndefined();
});
