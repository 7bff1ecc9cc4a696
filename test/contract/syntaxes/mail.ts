// A mail as its readers get it: headers by the lines of RFC 5322, the HTML by a parser of browsers,
// and both bodies as mail clients make links of them.
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { mailLinksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

/** The block of headers as it came. @param text up to the first blank line, without it */
export function headers(text: string): Reading {
  const lines = text.split(/\r\n(?![ \t])/);
  const active = lines.map((line) => {
    const name = /^([!-9;-~]+):/.exec(line)?.[1]?.toLowerCase();
    return name === undefined ? `never: a line that is no header: ${line}` : `header ${name}`;
  });
  if (/[^ -~\r\n\t]/.test(text)) active.push('never: a header that is not ASCII');
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) active.push('never: half a line break in a header');
  if (new Set(active).size < active.length) active.push('never: a header twice');
  return { seen: '', active };
}

/** A header's value as its readers see it, decoded: one line. */
export function headerValue(text: string): Reading {
  return {
    seen: text,
    active: [...unseenIn(text), ...(/[\n\t]/.test(text) ? ['never: a line'] : [])],
  };
}

/** The body in plain text. */
export function mailText(text: string): Reading {
  return { seen: text, active: [...mailLinksIn(text), ...unseenIn(text)] };
}

const remote = new Set(['src', 'srcset', 'background', 'poster', 'data', 'action', 'ping']);
const forbidden = /^(?:script|img|iframe|object|embed|svg|math|link|base|form|input|video|audio)$/;

/** Elements with their attributes, and links that clients make of addresses in the text. */
export function html(text: string): Reading {
  const seen: string[] = [];
  const active: string[] = [];
  walk(parse(text), false);
  return { seen: seen.join('\n'), active };

  function walk(node: DefaultTreeAdapterTypes.Node, isLink: boolean): void {
    if (node.nodeName === '#comment') active.push('never: a comment');
    if ('value' in node) {
      const shown = node.value;
      seen.push(shown);
      active.push(...unseenIn(shown), ...(isLink ? [] : mailLinksIn(shown)));
    }
    // One without attributes does nothing, but that programs find no name across it.
    const isNothing = node.nodeName === 'span' && 'attrs' in node && node.attrs.length === 0;
    if ('attrs' in node && !isNothing) active.push(...elementIn(node));
    if (node.nodeName === 'style') return;
    if ('attrs' in node)
      for (const { name, value } of node.attrs) if (name === 'href') seen.push(value);
    if (!('childNodes' in node)) return;
    for (const child of node.childNodes) walk(child, isLink || node.nodeName === 'a');
  }
}

function elementIn({ tagName, attrs }: DefaultTreeAdapterTypes.Element): string[] {
  const shown = attrs.map(({ name, value }) => ` ${name}="${value}"`).join('');
  const isActive = (name: string, value: string) =>
    remote.has(name) ||
    name.startsWith('on') ||
    /url\(|expression|@import|^\s*javascript:/i.test(value);
  const isForbidden =
    forbidden.test(tagName) || attrs.some(({ name, value }) => isActive(name, value));
  return [`${isForbidden ? 'never: ' : ''}<${tagName}${shown}>`];
}
