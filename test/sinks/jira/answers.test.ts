// What Jira's answers mean: a table of them.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { badQuery, goneOf, misconfigured, unlikeJira } from '../../../src/sinks/jira/answers.ts';

const answer = (status: number, body = '') => ({ status, headers: {}, body, truncated: false });
const host = 'jira.example.com';

test.each([
  [misconfigured(answer(400, '{"errors":{"project":"x"}}'), host), 'bad_config'],
  [misconfigured(answer(400, '{"errors":{"summary":"x","project":"y"}}'), host), undefined],
  [misconfigured(answer(400, '{"errors":null}'), host), undefined],
  [misconfigured(answer(400, 'no JSON'), host), undefined],
  [misconfigured(answer(422, '{"errors":{"project":"x"}}'), host), undefined],
  [badQuery(answer(400), host), 'bad_config'],
  [badQuery(answer(401), host), undefined],
  [goneOf(answer(404), host), 'gone'],
  [goneOf(answer(403), host), undefined],
])('%s: %s', (error, reason) => {
  expect(error?.reason).toBe(reason);
});

test('a change is accepted by 204, or by what was made', () => {
  const options = { secrets: [], made: z.looseObject({ key: z.string() }) };
  expect(unlikeJira(answer(204), host, options)).toBeUndefined();
  expect(unlikeJira(answer(200, '{"key":"SOC-1"}'), host, options)).toBeUndefined();
  expect(unlikeJira(answer(500), host, options)).toBeUndefined();
  expect(unlikeJira(answer(200, '<html>'), host, options)).toMatchObject({ reason: 'bad_config' });
});

test('a field of a strange name is not repeated', () => {
  const error = misconfigured(answer(400, '{"errors":{"<b> & more":"x"}}'), host);
  expect(error?.message).toContain('for a field.');
});
