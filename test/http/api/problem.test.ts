// Failures as problems.
import { expect, test } from 'vitest';
import { problem, problemOf } from '../../../src/http/api/problem.ts';
import { InputError } from '../../../src/operations/index.ts';

test('a problem has its type, title, status and words', async () => {
  const answer = problem(429, 'Wait.', { 'retry-after': '3' });
  expect(await answer.json()).toEqual({
    type: 'about:blank',
    title: 'Too many requests',
    status: 429,
    detail: 'Wait.',
  });
  expect([...answer.headers]).toEqual([
    ['content-type', 'application/problem+json'],
    ['retry-after', '3'],
  ]);
});

test('only what an operation refuses is one', () => {
  expect(problemOf(new InputError('x'))?.status).toBe(400);
  expect(problemOf(new Error('x'))).toBeUndefined();
});
