// Rocket.Chat's Markdown by the grammar that its server and clients share: code, marks in pairs of
// one or two signs, mentions and channels, emoji and emoticons, links of two spellings, addresses and
// hosts, and what begins a line. Written without looking at the sink.
import { mailLinksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

export function rocketchatMarkdown(text: string): Reading {
  const active: string[] = [];
  const told = (what: string, left = '\uE001') => {
    active.push(what);
    return left;
  };
  const outside = text
    .replace(piece, (found, code, _link, shown, to, url, label) => {
      if (code !== undefined) return told('code');
      if (to !== undefined) return told(`link ${to}`, shown);
      if (/^<t:/i.test(found)) return told('a time');
      return url === undefined ? '\uE002' : told(`link ${url}`, label);
    })
    .replace(/\\[*_~`#.]/g, '');
  for (const [name, pattern] of marks) for (const _ of outside.matchAll(pattern)) active.push(name);
  return { seen: text, active: [...active, ...mailLinksIn(outside), ...unseenIn(text)] };
}

/**
 * From left to right: code; a link, whose text may hold brackets and back-ticks; a link of the other
 * spelling; and what looks like a host, with which everything up to the next blank goes.
 */
const piece =
  /(```[\s\S]*?```|`[^`\n]+`)|(!?\[([^\n]*?)\]\(([^)\s]+)\))|<(?:t:[^<>]*|([a-z][a-z0-9+.-]*:[^<>|\s]*)\|([^<>]*))>|(?<![^\s*(])[\p{L}\p{N}]+\u200B?\.\u200B?\p{L}[^\s*]*`\S*/giu;

const marks: readonly (readonly [string, RegExp])[] = [
  ['mention', /(?<![\p{L}\p{N}])@[\p{L}\p{N}._-]+/gu],
  ['channel', /(?<![\p{L}\p{N}])#[\p{L}\p{N}._-]+/gu],
  ['emoji', /:[a-z0-9_+-]*[a-z][a-z0-9_+-]*:/gi],
  ['emoticon', /(?<![\p{L}\p{N}])(?:[:;=]-?[()DPpOo|/\\*]|<\/?3)(?![\p{L}\p{N}])/gu],
  ['strong', /\*{1,2}(?=\S)[^*\n]+\*{1,2}/g],
  ['thin', /(?<![\p{L}\p{N}_])_{1,2}(?=[^\s_])[^_\n]+_{1,2}(?![\p{L}\p{N}_])/gu],
  ['struck', /~{1,2}(?=\S)[^~\n]+~{1,2}/g],
  ['hidden', /\|\|[^|\n]+\|\|/g],
  ['a formula', /\$\$[\s\S]+?\$\$|\\\(|\\\[/g],
  ['a heading', /^#{1,4} +\S/gm],
  ['a quote', /^> ?/gm],
  ['a list', /^ *(?:[-*+]|\d{1,9}\.) +\S/gm],
  ['a back-tick that opens or ends nothing', /`/g],
];
