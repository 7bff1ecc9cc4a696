// What is wrong with an expression, as a problem: in words, with a caret under the place, and with what there would be.
import type { ConfigProblem } from '../core/errors.ts';
import type { ExpressionError } from '../core/rules/expression.ts';

export function expressionProblem(where: string, text: string, error: ExpressionError): ConfigProblem {
  const hints = error.known.length === 0 ? '' : `. Known are: ${error.known.join(', ')}`;
  return {
    where,
    problem: `cannot be used: ${error.message}`,
    remedy: `Look at character ${error.column}:\n${excerpt(text, error.column)} here${hints}`,
  };
}

/** The line, and a caret under the character. */
function excerpt(text: string, column: number): string {
  const before = text.slice(0, column - 1).split('\n');
  const indent = '      ';
  return `${indent}${text.split('\n')[before.length - 1]}\n${indent}${' '.repeat(before.at(-1)!.length)}^`;
}
