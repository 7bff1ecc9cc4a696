// What the answers of the Web API mean for a bot, by Slack's code.
import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../../../src/kit/http/index.ts';
import {
  acceptedIn,
  codeOf,
  goneError,
  idOf,
  refusalOf,
  scopesIn,
  spotOf,
} from '../../../../src/sinks/slack/bot/answers.ts';

const token = 'xoxb-1111-2222-abcdefgh';
const far = { host: 'slack.com', secrets: [token], now: Date.now };
const answerOf = (body: unknown, status = 200, headers = {}): HttpAnswer => ({
  ...{ status, headers, truncated: false },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const refused = (error: string, more: object = {}) => answerOf({ ok: false, error, ...more });

test.each([
  ['invalid_auth', 'reject_sink', 'auth', /wrong, expired or revoked/],
  ['not_authed', 'reject_sink', 'auth', /token of this sink/],
  ['token_revoked', 'reject_sink', 'auth', /Install the app again/],
  ['token_expired', 'reject_sink', 'auth', /expired/],
  ['account_inactive', 'reject_sink', 'auth', /the app was removed/],
  ['enterprise_is_restricted', 'reject_sink', 'auth', /administrator/],
  ['restricted_action', 'reject_sink', 'auth', /administrator/],
  ['restricted_action_read_only_channel', 'reject_sink', 'auth', /administrator/],
  ['restricted_action_non_threadable_channel', 'reject_sink', 'bad_config', /details .* card/],
  ['restricted_action_thread_only_channel', 'reject_sink', 'bad_config', /another/],
  ['restricted_action_thread_locked', 'reject_event', 'rejected', /closed the thread/],
  ['not_in_channel', 'reject_sink', 'auth', /\/invite @/],
  ['channel_not_found', 'reject_sink', 'bad_config', /no such channel, or it is private/],
  ['is_archived', 'reject_sink', 'bad_config', /archived/],
  ['is_inactive', 'reject_sink', 'bad_config', /archived/],
  ['unknown_method', 'reject_sink', 'bad_config', /url of this sink/],
  ['msg_too_long', 'reject_event', 'too_large', /longer/],
  ['msg_blocks_too_long', 'reject_event', 'too_large', /longer/],
  ['invalid_blocks', 'reject_event', 'rejected', /refused the message/],
  ['no_text', 'reject_event', 'rejected', /refused the message/],
  ['a_code_of_next_year', 'reject_event', 'rejected', /refused the message/],
  ['constructor', 'reject_event', 'rejected', /refused the message/],
  ['message_not_found', 'reject_event', 'gone', /was deleted/],
  ['cannot_reply_to_message', 'reject_event', 'gone', /was deleted/],
  ['cant_update_message', 'reject_event', 'rejected', /another app/],
  ['edit_window_closed', 'reject_event', 'rejected', /this age/],
  ['ratelimited', 'retry', 'rate_limited', /limits messages/],
  ['rate_limited', 'retry', 'rate_limited', /limits messages/],
  ['internal_error', 'retry', 'server_error', /tried again/],
  ['fatal_error', 'retry', 'server_error', /tried again/],
  ['service_unavailable', 'retry', 'server_error', /tried again/],
])('%s is %s, %s', (code, outcome, reason, words) => {
  const error = refusalOf(refused(code), far);
  expect(error).toMatchObject({ outcome, reason, status: 200 });
  expect(error.message).toMatch(words);
  expect(error.message).toContain(`slack.com answered ${code}.`);
});

test('a missing scope is named', () => {
  const error = refusalOf(refused('missing_scope', { needed: 'chat:write' }), far);
  expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
  expect(error.message).toContain('lacks the scope chat:write.');
  const odd = refusalOf(refused('missing_scope', { needed: 'Chat <write>' }), far);
  expect(odd.message).toContain('lacks a scope.');
});

test('the time that Slack asks for counts, by either way of saying no', () => {
  const headers = { 'retry-after': '30' };
  const body = { ok: false, error: 'ratelimited' };
  for (const status of [200, 429])
    expect(refusalOf(answerOf(body, status, headers), far)).toMatchObject({
      ...{ outcome: 'retry', reason: 'rate_limited', retryAfterMs: 30_000 },
    });
});

test.each([
  ['<html>Sign in</html>', 200],
  [{ ok: false }, 200],
  [{ ok: true }, 200],
  [{ ok: false, error: '<b>Proxy</b>' }, 200],
  [[], 202],
])('%j with %i is none of Slack, and not the fault of an event', (body, status) => {
  const error = refusalOf(answerOf(body, status), far);
  expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  expect(error.message).toContain('but not as Slack does');
});

test('no error repeats the token', () => {
  for (const status of [200, 400, 401, 403, 404, 500]) {
    const error = refusalOf(answerOf({ ok: false, error: 'x', token }, status), far);
    expect(JSON.stringify([error.message, error.answer])).not.toContain(token);
  }
  expect(goneError(far)).toMatchObject({ outcome: 'reject_event', reason: 'gone' });
});

describe('an acceptance', () => {
  const right = { ok: true, channel: 'C012AB3CD', ts: '1700000000.000100' };
  test.each([
    [right, 200, true],
    [right, 201, false],
    [{ ...right, ok: false }, 200, false],
    [{ ...right, ts: 'now' }, 200, false],
    [{ ...right, channel: 'soc alerts' }, 200, false],
    [[right], 200, false],
  ])('%j with %i: %s', (body, status, is) => {
    expect(acceptedIn(answerOf(body, status)) !== undefined).toBe(is);
  });
});

test('the id of a message names its channel and its time, and nothing else is one', () => {
  const spot = { channel: 'C012AB3CD', ts: '1700000000.000100' };
  expect(spotOf(idOf(spot))).toEqual(spot);
  for (const id of ['', 'C012AB3CD', 'C012AB3CD/', 'c1/1.2', 'C012AB3CD/1.2/3', '/1.2'])
    expect(spotOf(id)).toBeUndefined();
});

test('a code and scopes are found, and a page has none', () => {
  expect(codeOf(refused('not_in_channel'))).toBe('not_in_channel');
  expect(codeOf(answerOf('<html>'))).toBe('');
  const headers = { 'x-oauth-scopes': 'chat:write, channels:read' };
  expect([...scopesIn(answerOf({}, 200, headers))!]).toEqual(['chat:write', 'channels:read']);
  expect(scopesIn(answerOf({}))).toBeUndefined();
});
