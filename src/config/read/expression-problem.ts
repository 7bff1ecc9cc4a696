// Makes a problem of an expression that cannot be used: in words, with a caret under the place and
// the names that are known there.
import type { ExpressionError } from '../../core/rules/expression.ts';
import type { ConfigProblem } from '../../kit/errors.ts';
import { excerptWithKnown } from './excerpt.ts';

export function expressionProblem(
  where: string,
  text: string,
  error: ExpressionError,
): ConfigProblem {
  return {
    where,
    problem: `cannot be used: ${error.message}`,
    remedy: `Look at character ${error.column}:\n${excerptWithKnown(text, error.column, error.known)}`,
  };
}
