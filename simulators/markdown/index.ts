// The part of Mattermost's Markdown that matters to a card, parsed into a small tree. Never yields HTML; knows no URL but http(s).
// Linear but for nesting, which is bounded, so that hostile text cannot stop the page.
import { type Inline, parseInline } from './inline.ts';

export type { Inline } from './inline.ts';

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: 'fence'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: 'rule' };

const depthMax = 6;

/** One block's end: what it became and the index of the line after it. */
interface Taken {
  readonly block: Block;
  readonly next: number;
}

export function parseMarkdown(text: string): Block[] {
  return parseLines(text.split(/\r\n|\r|\n/), 0);
}

function parseLines(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let index = 0;
  while (index < lines.length) {
    if (lines[index]!.trim() === '') {
      index += 1;
      continue;
    }
    const taken = takeSpecial(lines, index, depth) ?? takeParagraph(lines, index, depth);
    blocks.push(taken.block);
    index = taken.next;
  }
  return blocks;
}

function takeSpecial(lines: readonly string[], index: number, depth: number): Taken | undefined {
  const line = lines[index]!;
  return (
    takeFence(lines, index) ??
    takeIndented(lines, index) ??
    takeHeading(line, index) ??
    (depth < depthMax ? takeQuote(lines, index, depth) : undefined) ??
    (/^ {0,3}([-*_])( *\1){2,} *$/.test(line) ? { block: { kind: 'rule' }, next: index + 1 } : undefined) ??
    takeList(lines, index) ??
    takeTable(lines, index)
  );
}

const opening = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;

function takeFence(lines: readonly string[], index: number): Taken | undefined {
  const fence = opening.exec(lines[index]!)?.[1];
  if (fence === undefined) return undefined;
  let end = index + 1;
  while (end < lines.length && !isClosing(lines[end]!, fence)) end += 1;
  return { block: { kind: 'fence', text: lines.slice(index + 1, end).join('\n') }, next: end + 1 };
}

function isClosing(line: string, fence: string): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length) && !/^ {4}/.test(line);
}

function takeIndented(lines: readonly string[], index: number): Taken | undefined {
  let end = index;
  while (end < lines.length && /^(?: {4}|\t)/.test(lines[end]!)) end += 1;
  if (end === index) return undefined;
  const text = lines.slice(index, end).map((line) => line.replace(/^(?: {4}|\t)/, ''));
  return { block: { kind: 'fence', text: text.join('\n') }, next: end };
}

function takeHeading(line: string, index: number): Taken | undefined {
  const [, marks, text] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line) ?? [];
  if (marks === undefined || text === undefined) return undefined;
  return { block: { kind: 'heading', level: marks.length, children: parseInline(text) }, next: index + 1 };
}

function takeQuote(lines: readonly string[], index: number, depth: number): Taken | undefined {
  let end = index;
  while (end < lines.length && /^ {0,3}>/.test(lines[end]!)) end += 1;
  if (end === index) return undefined;
  const inner = lines.slice(index, end).map((line) => line.replace(/^ {0,3}> ?/, ''));
  return { block: { kind: 'quote', blocks: parseLines(inner, depth + 1) }, next: end };
}

const listItem = /^ {0,3}(?:[-*+]|(\d{1,9})[.)])[ \t]+(?=\S)(.*)$/;

function takeList(lines: readonly string[], index: number): Taken | undefined {
  const items: Inline[][] = [];
  let end = index;
  for (; end < lines.length; end += 1) {
    const found = listItem.exec(lines[end]!);
    if (found === null) break;
    items.push(parseInline(found[2]!));
  }
  if (end === index) return undefined;
  return { block: { kind: 'list', isOrdered: listItem.exec(lines[index]!)?.[1] !== undefined, items }, next: end };
}

const tableRule = /^ *\|?(?: *:?-+:? *\|)+ *(?::?-+:? *)?$/;

function takeTable(lines: readonly string[], index: number): Taken | undefined {
  if (!lines[index]!.includes('|') || !tableRule.test(lines[index + 1] ?? '')) return undefined;
  let end = index + 2;
  while (end < lines.length && lines[end]!.includes('|')) end += 1;
  const rows = [lines[index]!, ...lines.slice(index + 2, end)].map((line) =>
    line
      .replace(/^ *\||\| *$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => parseInline(cell.trim())),
  );
  return { block: { kind: 'table', rows }, next: end };
}

/** At least one line; ends at a blank one or where something special begins. */
function takeParagraph(lines: readonly string[], index: number, depth: number): Taken {
  let end = index + 1;
  while (end < lines.length && lines[end]!.trim() !== '' && !beginsSpecial(lines, end, depth)) end += 1;
  return { block: { kind: 'paragraph', children: parseInline(lines.slice(index, end).join('\n')) }, next: end };
}

function beginsSpecial(lines: readonly string[], index: number, depth: number): boolean {
  const line = lines[index]!;
  const isQuote = depth < depthMax && /^ {0,3}>/.test(line);
  return isQuote || opening.test(line) || /^ {0,3}#{1,6}[ \t]/.test(line) || listItem.test(line);
}
