// The comparisons in an expression, between a field of the event and a written value. Pure.
import type { ASTNode } from '@marcbachmann/cel-js';
import { changeStream } from '../../kit/event.ts';
import { parseExpression } from './expression.ts';
import { childrenOf } from './expression-tree.ts';

export interface Comparison {
  /** Without `event.`: `severityName`, `device.name`. */
  readonly field: string;
  /** As if the field stood on the left; `in` is `==` with each entry. */
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: string | number;
}

const mirrored = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** In the order of the expression. @throws {ExpressionError} */
export function comparisonsIn(expression: string): Comparison[] {
  const found: Comparison[] = [];
  const look = (node: ASTNode): void => {
    const [left, right] = childrenOf(node);
    if (left !== undefined && right !== undefined)
      found.push(...comparisonsOf(node.op, left, right));
    for (const child of childrenOf(node)) look(child);
  };
  look(parseExpression(expression));
  return found;
}

/** Whether it asks for later changes: by what changed, or by their stream. */
export function asksForChanges(expression: string): boolean {
  const reads = (node: ASTNode): boolean =>
    fieldOf(node)?.startsWith('change.') === true || childrenOf(node).some(reads);
  return (
    reads(parseExpression(expression)) ||
    comparisonsIn(expression).some(
      ({ field, operator, value }) =>
        field === 'stream' && operator === '==' && value === changeStream,
    )
  );
}

function comparisonsOf(operator: string, left: ASTNode, right: ASTNode): Comparison[] {
  const field = fieldOf(left);
  if (operator === 'in' && field !== undefined && right.op === 'list')
    return right.args.flatMap(writtenIn).map((value) => ({ field, operator: '==', value }));
  if (!isComparison(operator)) return [];
  if (field !== undefined) return writtenIn(right).map((value) => ({ field, operator, value }));
  const other = fieldOf(right);
  if (other === undefined) return [];
  return writtenIn(left).map((value) => ({ field: other, operator: mirrored[operator], value }));
}

function isComparison(operator: string): operator is keyof typeof mirrored {
  return Object.hasOwn(mirrored, operator);
}

function fieldOf(node: ASTNode): string | undefined {
  if (node.op !== '.') return undefined;
  const [of, name] = node.args;
  if (of.op === 'id') return of.args === 'event' ? name : undefined;
  const outer = fieldOf(of);
  return outer === undefined ? undefined : `${outer}.${name}`;
}

function writtenIn(node: ASTNode): (string | number)[] {
  if (node.op !== 'value') return [];
  if (typeof node.args === 'bigint') return [Number(node.args)];
  return typeof node.args === 'string' || typeof node.args === 'number' ? [node.args] : [];
}
