// Which failures the visitor learns about.
import { expect, test } from 'vitest';
import { problemOf, showProblem } from '../../../src/http/page/problem.tsx';
import { words } from '../../../src/http/page/words/index.ts';
import {
  ConflictError,
  InputError,
  NotFoundError,
  PermissionError,
} from '../../../src/operations/index.ts';

test.each([
  [new InputError('a'), { status: 400, detail: 'a' }],
  [new PermissionError('b'), { status: 403, detail: 'b' }],
  [new NotFoundError('c'), { status: 404, detail: 'c' }],
  [new ConflictError('d'), { status: 409, detail: 'd' }],
  [new Error('e'), undefined],
  ['f', undefined],
])('%s', (error, problem) => {
  expect(problemOf(error)).toEqual(problem);
});

test('the words of a problem are text', async () => {
  const { body } = showProblem('<b>', words.en);
  expect(String(await body)).toContain('&lt;b&gt;');
});
