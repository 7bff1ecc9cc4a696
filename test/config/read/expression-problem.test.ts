// What is said of an expression that cannot be used.
import { expect, it } from 'vitest';
import { expressionProblem } from '../../../src/config/read/expression-problem.ts';
import { compileExpression, ExpressionError } from '../../../src/core/rules/expression.ts';

function problem(text: string) {
  try {
    compileExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return expressionProblem('here', text, error);
    throw error;
  }
  return undefined;
}

it('has the place in the text under a caret, and the names that are known there', () => {
  expect(problem('event.severity > 3 &&\n  event.device.hostnam == "x"')).toEqual({
    where: 'here',
    problem: 'cannot be used: there is no field "hostnam"',
    remedy: expect.stringMatching(
      /^Look at character \d+:\n {6} {2}event\.device\.hostnam == "x"\n {21}\^ here\. Known names: .*\bname\b/,
    ),
  });
});

it('has no list of names where none would help', () => {
  const { remedy = '' } = problem('event.severity >') ?? {};
  expect(remedy).toMatch(/\^ here$/);
});
