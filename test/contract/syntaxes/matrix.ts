// The HTML of a message in Matrix as clients show it: the elements of the specification, read by a
// parser of browsers, and what clients find in its text by themselves: addresses, names of hosts,
// people and rooms; in code only what has a scheme. Written without looking at the sink.
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { linksIn, mailLinksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

const known = new Set(
  'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td caption pre span img details summary'.split(
    ' ',
  ),
);

/** A person, a room, or the name of a room. */
const matrixName = /(?:^|[^\p{L}\p{N}])([@#!+][\w.=/+-]+:[\p{L}\p{N}.[\]:-]+)/gu;

export function matrixHtml(text: string): Reading {
  const seen: string[] = [];
  const active: string[] = [];
  walk(parseFragment(text), undefined);
  return { seen: seen.join('\n'), active };

  function walk(node: DefaultTreeAdapterTypes.Node, within: 'a' | 'code' | undefined): void {
    if (node.nodeName === '#comment') active.push('never: a comment');
    if ('value' in node) {
      seen.push(node.value);
      active.push(...unseenIn(node.value), ...foundIn(node.value, within));
    }
    if ('attrs' in node) {
      active.push(...elementIn(node));
      for (const { name, value } of node.attrs) if (name === 'href') seen.push(value);
    }
    if (!('childNodes' in node)) return;
    const isIn = node.nodeName === 'a' || node.nodeName === 'code' ? node.nodeName : within;
    for (const child of node.childNodes) walk(child, isIn as 'a' | 'code' | undefined);
  }
}

function foundIn(text: string, within: 'a' | 'code' | undefined): string[] {
  if (within === 'a') return [];
  if (within === 'code') return linksIn(text);
  const names = [...text.matchAll(matrixName)].map(([, name]) => `name ${name}`);
  const room = /(?<![\p{L}\p{N}])@room(?![\p{L}\p{N}])/u.test(text) ? ['mention @room'] : [];
  return [...mailLinksIn(text), ...names, ...room];
}

function elementIn({ tagName, attrs }: DefaultTreeAdapterTypes.Element): string[] {
  if (!known.has(tagName)) return [`never: <${tagName}>`];
  if (tagName === 'pre' || tagName === 'br') return attrs.length === 0 ? [] : ['never: attributes'];
  if (tagName === 'code' && attrs.length === 0) return ['code'];
  const shown = attrs.map(({ name, value }) => ` ${name}="${value}"`).join('');
  const isFit = attrs.every(
    ({ name, value }) => tagName === 'a' && name === 'href' && /^https?:/.test(value),
  );
  return [`${isFit ? '' : 'never: '}<${tagName}${shown}>`];
}
