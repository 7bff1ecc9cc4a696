// The two forms of Jira: Atlassian Documents, whose nodes and marks are all that can act, and the
// wiki markup of Data Center by its documented notation. Written without looking at the sink.
import { linksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

interface Node {
  readonly type: string;
  readonly text?: string;
  readonly content?: readonly Node[];
  readonly marks?: readonly { readonly type: string; readonly attrs?: { href?: string } }[];
}

const containers = new Set(['doc', 'paragraph', 'text', 'hardBreak']);

/** A document as JSON. */
export function adf(json: string): Reading {
  if (json === '') return { seen: '', active: [] };
  const seen: string[] = [];
  const active: string[] = [];
  walk(JSON.parse(json) as Node, false);
  return { seen: seen.join('\n'), active };

  function walk(node: Node, isCode: boolean): void {
    if (node.type === 'codeBlock') active.push('code');
    else if (!containers.has(node.type)) active.push(`never: a node ${node.type}`);
    if (node.type === 'text') readText(node, isCode);
    for (const child of node.content ?? []) walk(child, isCode || node.type === 'codeBlock');
  }

  function readText({ text = '', marks = [] }: Node, isCode: boolean): void {
    if (text === '') active.push('never: a node without text');
    if (isCode && marks.length > 0) active.push('never: a mark within code');
    for (const { type, attrs } of marks) {
      active.push(type === 'link' ? `link ${attrs?.href}` : type);
      if (attrs?.href !== undefined) seen.push(attrs.href);
    }
    seen.push(text);
    const isLink = marks.some(({ type }) => type === 'link');
    active.push(...(isLink ? [] : linksIn(text)), ...unseenIn(text));
  }
}

const unformatted = /\{noformat\}([\s\S]*?)\{noformat\}/g;

/** Of a block without format only its end is read; everything else acts wherever it stands. */
export function wiki(text: string): Reading {
  const active: string[] = [];
  const outside = text.replace(unformatted, (_all, inner: string) => {
    active.push('a block without format', ...linksIn(inner));
    return '\n';
  });
  const left = outside.replace(/\[([^[\]|\n]+)\]/g, (_all, target: string) => {
    active.push(`link ${target}`);
    return '';
  });
  for (const [sign] of left.matchAll(/[{}[\]*_?+^~!|#@\\]|--|bq\.|h\d\./g))
    active.push(`markup ${sign}`);
  active.push(...linksIn(left), ...unseenIn(text));
  return { seen: text, active };
}
