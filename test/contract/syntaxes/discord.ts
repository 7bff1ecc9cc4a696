// Discord's Markdown by its documented rules and those of its clients: a backslash before a sign,
// code, tokens in angle brackets, mentions, emoji by name, links, marks in pairs, and what begins a
// line. Written without looking at the sink.
import { linksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

/** The content of a message, and the description of an embed. */
export function discordMarkdown(text: string): Reading {
  const active: string[] = [];
  const told = (what: string, left = '\uE001') => {
    active.push(what);
    return left;
  };
  const outside = text
    .replace(/\\[^0-9A-Za-z\s]|```[\s\S]*?```|(`+)[\s\S]*?[^`]\1(?!`)/g, (found) =>
      found.startsWith('\\') ? '\uE000' : told('code'),
    )
    .replace(/!?\[([^\]\n]*)\]\(([^)\n]*)\)/g, (_all, shown: string, to: string) =>
      told(`link ${to}`, shown),
    )
    .replace(/<(?:[@#:/]|a:|t:|id:|https?:)[^>\n]*>/gi, (token) => told(`token ${token}`));
  for (const [name, pattern] of marks) for (const _ of outside.matchAll(pattern)) active.push(name);
  return { seen: text, active: [...active, ...linksIn(outside), ...unseenIn(text)] };
}

const between = (sign: string) => new RegExp(`${sign}(?=\\S)[\\s\\S]+?${sign}`, 'g');

const marks: readonly (readonly [string, RegExp])[] = [
  ['mention of all', /@(?:everyone|here)/g],
  ['emoji', /:(?:[a-z0-9_+-]*[a-z][a-z0-9_+-]*|100|1234):/gi],
  ['strong', between('\\*\\*')],
  ['underlined', between('__')],
  ['thin', /(?<!\*)\*(?![\s*])[^*\n]+\*(?!\*)|(?<![A-Za-z0-9_])_[^_\n]+_(?![A-Za-z0-9_])/g],
  ['struck', between('~~')],
  ['hidden', between('\\|\\|')],
  ['a heading', /^(?:#{1,3}|-#) +\S/gm],
  ['a quote', /^ *>{1,3} /gm],
  ['a list', /^ *(?:[-*+]|\d{1,9}\.) +\S/gm],
  ['a back-tick that opens or ends nothing', /`/g],
];
