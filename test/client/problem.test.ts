// Problems of the API, and answers of what is between.
import { expect, test } from 'vitest';
import { ProblemError } from '../../src/client/problem.ts';

test('a problem says its words, and when to come back', async () => {
  const headers = { 'retry-after': '30' };
  const body = { type: 'about:blank', title: 'Too many requests', status: 429, detail: 'Wait.' };
  const error = await ProblemError.of(Response.json(body, { status: 429, headers }));
  expect(error).toMatchObject({
    ...{ message: 'Wait.', status: 429, title: 'Too many requests', retryAfterSeconds: 30 },
  });
});

test.each(['<html>', 'null', '"x"', '{"title":1}'])('an answer %s is one too', async (text) => {
  const answer = new Response(text, { status: 502, statusText: 'Bad Gateway' });
  expect(await ProblemError.of(answer)).toMatchObject({
    ...{ status: 502, title: 'Bad Gateway', message: 'The answer was 502.' },
    retryAfterSeconds: undefined,
  });
});
