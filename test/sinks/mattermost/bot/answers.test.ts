// What the answers of the REST API mean for a bot, by status and by the server's name of the error.
import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../../../src/kit/http/index.ts';
import {
  errorIdOf,
  goneError,
  postIdIn,
  quotaOfServer,
  refusalOf,
} from '../../../../src/sinks/mattermost/bot/answers.ts';

const token = 'tttttttttttttttttttttttt11';
const far = { host: 'chat.example.com', secrets: [token], now: Date.now };
const answerOf = (status: number, body: unknown = '', headers = {}): HttpAnswer => ({
  ...{ status, headers, truncated: false },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const errorOf = (status: number, id: string) => answerOf(status, { id, status_code: status });

test.each([
  [
    401,
    'api.context.session_expired.app_error',
    'reject_sink',
    'auth',
    /revoked, or the bot is disabled/,
  ],
  [403, 'api.context.permissions.app_error', 'reject_sink', 'auth', /invite the bot to the team/],
  [
    400,
    'api.post.create_post.can_not_post_to_deleted.error',
    'reject_sink',
    'bad_config',
    /archived/,
  ],
  [
    400,
    'api.post.patch_post.can_not_update_post_in_deleted.error',
    'reject_sink',
    'bad_config',
    /archived/,
  ],
  [400, 'api.post.create_post.root_id.app_error', 'reject_event', 'gone', /was deleted/],
  [400, 'model.post.is_valid.message_length.app_error', 'reject_event', 'too_large', /longer/],
  [400, 'model.post.is_valid.props.app_error', 'reject_event', 'too_large', /longer/],
  [400, 'api.context.invalid_body_param.app_error', 'reject_event', 'rejected', /refused/],
  [413, 'api.context.request_body_too_large.app_error', 'reject_event', 'too_large', /too large/],
  [404, 'api.context.404.app_error', 'reject_sink', 'bad_config', /nothing at this address/],
  [404, 'app.channel.get.app_error', 'reject_sink', 'bad_config', /url and channel/],
  [500, 'app.post.save.app_error', 'retry', 'server_error', /tried again/],
  [500, 'api.post.deduplicate_create_post.pending', 'retry', 'server_error', /tried again/],
])('%i %s is %s, %s', (status, id, outcome, reason, words) => {
  const error = refusalOf(errorOf(status, id), far);
  expect(error).toMatchObject({ outcome, reason, status });
  expect(error.message).toMatch(words);
  expect(error.message).toContain('chat.example.com');
});

test('a page in place of the server is no acceptance and not the fault of an event', () => {
  expect(postIdIn(answerOf(200, '<html>Sign in</html>'))).toBeUndefined();
  const error = refusalOf(answerOf(200, '<html>Sign in</html>'), far);
  expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  expect(error.message).toContain('not as Mattermost does');
});

test('no error repeats the token', () => {
  for (const status of [200, 400, 401, 403, 404, 500]) {
    const error = refusalOf(answerOf(status, `you said ${token}`), far);
    expect(JSON.stringify([error.message, error.answer])).not.toContain(token);
  }
  expect(goneError(answerOf(404, token), far).answer).not.toContain(token);
});

test('what is gone is the fault of one message', () => {
  expect(goneError(answerOf(404), far)).toMatchObject({ outcome: 'reject_event', reason: 'gone' });
});

describe('the id of a post', () => {
  test.each([
    [201, { id: 'p'.repeat(26) }, 'p'.repeat(26)],
    [200, { id: 'p'.repeat(26) }, 'p'.repeat(26)],
    [202, { id: 'p'.repeat(26) }, undefined],
    [201, { id: 'error' }, undefined],
    [201, [{ id: 'p'.repeat(26) }], undefined],
  ])('in %i %j is %s', (status, body, id) => {
    expect(postIdIn(answerOf(status, body))).toBe(id);
  });
});

test('the name of an error is found, and a page has none', () => {
  expect(errorIdOf(errorOf(400, 'a.b'))).toBe('a.b');
  expect(errorIdOf(answerOf(400, '<html>'))).toBe('');
});

test('of headers that come twice, for the user and the address, the first counts', () => {
  const quota = quotaOfServer(
    {
      'x-ratelimit-limit': '101, 51',
      'x-ratelimit-remaining': '43, 44',
      'x-ratelimit-reset': '7, 8',
    },
    0,
  );
  expect(quota).toEqual({ limit: 101, remaining: 43, resetMs: 7_000 });
  expect(quotaOfServer({}, 0)).toBeUndefined();
});
