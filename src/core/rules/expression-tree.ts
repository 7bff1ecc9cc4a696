// The parts of a parsed expression. Pure.
import type { ASTNode } from '@marcbachmann/cel-js';

/** The nodes directly below, in the order of the text. */
export function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one);
    else if (typeof value === 'object' && value !== null && 'op' in value)
      found.push(value as ASTNode);
  };
  look(node.args);
  return found;
}
