// The highest cost that an expression can have, from its shape: how long the texts are that it
// searches, and how often. Pure; no event can change it.
import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './expression-tree.ts';
import { entryMax, listMax, textMax } from './rule-event.ts';

/**
 * Characters that are compared with characters. Four searches for one long text in another take
 * some 50 ms of an event whose texts were made for it.
 */
export const costMax = 4.5 * textMax * textMax;

/** Characters compared, at most. A search takes the product of both lengths, all else their sum. */
export function costOf(node: ASTNode, entry?: string): number {
  if (node.op === 'rcall') {
    const [name, about, [argument, condition]] = node.args;
    if (condition !== undefined && argument?.op === 'id') {
      const count = about.op === 'list' ? about.args.length : listMax;
      return costOf(about, entry) + count * costOf(condition, argument.args);
    }
    if (name === 'contains' && argument !== undefined)
      return (
        costOf(about, entry) +
        costOf(argument, entry) +
        lengthOf(about, entry) * lengthOf(argument, entry)
      );
  }
  return childrenOf(node).reduce((sum, child) => sum + costOf(child, entry), lengthOf(node, entry));
}

/** Characters of the text that it gives, at most. */
function lengthOf(node: ASTNode, entry: string | undefined): number {
  if (node.op === 'value') return typeof node.args === 'string' ? node.args.length : 1;
  if (node.op === 'id') return node.args === entry ? entryMax : 1;
  if (node.op === '.') return textMax;
  if (node.op === 'rcall' || node.op === '?:')
    return Math.max(0, ...childrenOf(node).map((child) => lengthOf(child, entry)));
  return 1;
}
