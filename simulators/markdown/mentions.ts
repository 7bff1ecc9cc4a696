// Finds whom a text would notify by the rules of Mattermost's server, for which plain text counts
// and code does not.
import { type Block, type Inline, parseMarkdown } from './index.ts';

const everybody: ReadonlySet<string> = new Set(['@channel', '@all', '@here']);

/** `@channel`, `@all`, `@here` in any case, and every `@name`. */
export function isMention(word: string): boolean {
  return everybody.has(word.toLowerCase().replace(/[.:_-]+$/, '')) || /^@[\p{L}\p{N}]/u.test(word);
}

/**
 * The words of a Markdown text that notify somebody, in lower case and without trailing
 * punctuation.
 */
export function mentionsIn(markdown: string): string[] {
  if (!markdown.includes('@')) return [];
  return textsOf(parseMarkdown(markdown)).flatMap(mentionsInText);
}

function mentionsInText(text: string): string[] {
  const words = text.split(/[^\p{L}\p{N}:.\-_@]+/u).map((word) => word.replace(/^[:.\-_]+/, ''));
  return words
    .flatMap((word) => (word.startsWith('@') ? [word] : word.split(/[.:-]/)))
    .filter(isMention)
    .map((word) => word.toLowerCase().replace(/[.:_-]+$/, ''));
}

function textsOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if ('children' in block) return textsOfInlines(block.children);
    if (block.kind === 'quote') return textsOf(block.blocks);
    if (block.kind === 'list') return block.items.flatMap(textsOf);
    return block.kind === 'table' ? block.rows.flat().flatMap(textsOfInlines) : [];
  });
}

function textsOfInlines(nodes: readonly Inline[]): string[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'text') return [node.text];
    return 'children' in node ? textsOfInlines(node.children) : [];
  });
}
