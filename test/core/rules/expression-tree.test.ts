// The parts of an expression, as those who judge it walk through them.
import { expect, test } from 'vitest';
import { parseExpression } from '../../../src/core/rules/expression.ts';
import { childrenOf } from '../../../src/core/rules/expression-tree.ts';

test.each([
  ['a value has none', '"a"', []],
  ['a field has what it is a field of', 'event.type', ['id']],
  ['both sides come in their order', 'event.severity > 3', ['.', 'value']],
  ['entries of a list are its parts', '[1, event.severity, "a"]', ['value', '.', 'value']],
  ['a call has its subject, then its arguments', 'event.type.contains("A")', ['.', 'value']],
  ['a choice has three', 'event.severity > 3 ? 1 : event.severity', ['>', 'value', '.']],
])('%s', (_title, text, ops) => {
  expect(childrenOf(parseExpression(text)).map(({ op }) => op)).toEqual(ops);
});
