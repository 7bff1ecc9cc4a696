// A card as an Atlassian Document: nodes of text with marks. What others wrote is the text of a node
// and nothing else, so it can be no markup, whatever it holds. Pure.
import type { Part, Text } from '../../kit/card.ts';
import { defanged } from '../../kit/defang.ts';

interface Mark {
  readonly type: 'strong' | 'code' | 'link';
  readonly attrs?: { readonly href: string };
}
interface TextNode {
  readonly type: 'text';
  readonly text: string;
  readonly marks?: readonly Mark[];
}
type Inline = TextNode | { readonly type: 'hardBreak' };
interface Block {
  readonly type: 'paragraph' | 'codeBlock';
  readonly content: readonly Inline[];
}
/** The root node, version 1. */
export interface AdfDocument {
  readonly version: 1;
  readonly type: 'doc';
  readonly content: readonly Block[];
}

/** A paragraph of lines; a script of several lines is a block between two of them. */
export function adfOf(lines: readonly Text[]): AdfDocument {
  const content: Block[] = [];
  let inlines: Inline[] = [];
  const end = () => {
    if (inlines.length > 0) content.push({ type: 'paragraph', content: inlines });
    inlines = [];
  };
  for (const line of lines) {
    if (inlines.length > 0) inlines.push({ type: 'hardBreak' });
    for (const part of line) {
      const node = nodeOf(part);
      if (node === undefined) continue;
      if (isBlock(part)) {
        end();
        content.push({ type: 'codeBlock', content: [{ type: 'text', text: node.text }] });
      } else inlines.push(node);
    }
  }
  end();
  return { version: 1, type: 'doc', content };
}

/** Jira counts the document as it is written, marks included. */
export function adfWeight(part: Part): number {
  const node = nodeOf(part);
  return node === undefined ? 0 : JSON.stringify(node).length + nodeExtra;
}

/** What stands beside a part at most: a break, a colon, the frame of a paragraph. */
const nodeExtra = 70;

function isBlock({ kind, text }: Part): boolean {
  return kind === 'block' && text.includes('\n');
}

/** A node of no text is not allowed. */
function nodeOf(part: Part): TextNode | undefined {
  const text = part.kind === 'link' ? part.text : defanged(part.text);
  if (text === '') return undefined;
  const marks = marksOf(part);
  return { type: 'text', text, ...(marks.length > 0 && { marks }) };
}

function marksOf(part: Part): Mark[] {
  switch (part.kind) {
    case 'word':
      return part.isStrong ? [{ type: 'strong' }] : [];
    case 'time':
      return [];
    case 'link':
      return [{ type: 'link', attrs: { href: part.url } }];
    case 'code':
    case 'prose':
    case 'block':
      return [{ type: 'code' }];
  }
}
