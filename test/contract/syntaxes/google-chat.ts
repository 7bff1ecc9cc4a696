// The text of a message in Google Chat by its documented rules: what stands in angle brackets is a
// link or a mention, in code as well; code, strong, thin and struck words stand between signs at the
// edges of words; addresses and hosts become links. Written without looking at the sink.
import { mailLinksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

export function googleChatText(text: string): Reading {
  const active: string[] = [];
  const told = (what: string, left = '\uE001') => {
    active.push(what);
    return left;
  };
  const outside = text
    .replace(/<(users\/[^<>\s]+)>/g, (_all, name: string) => told(`mention ${name}`))
    .replace(/<([a-z][a-z0-9+.-]*:[^<>|\s]*)(?:\|([^<>]*))?>/gi, (_all, url: string, shown = '') =>
      told(`link ${url}`, String(shown)),
    )
    .replace(/```[\s\S]*?```|`[^`\n]+`/g, () => told('code'));
  for (const [name, pattern] of marks) for (const _ of outside.matchAll(pattern)) active.push(name);
  return { seen: text, active: [...active, ...mailLinksIn(outside), ...unseenIn(text)] };
}

/** Between signs that stand at the edge of a word. */
const between = (sign: string) =>
  new RegExp(
    String.raw`(?<![\p{L}\p{N}${sign}])[${sign}](?=[^\s${sign}])[^${sign}\n]*(?<=[^\s])[${sign}](?![\p{L}\p{N}])`,
    'gu',
  );

const marks: readonly (readonly [string, RegExp])[] = [
  ['strong', between('*')],
  ['thin', between('_')],
  ['struck', between('~')],
  ['a list', /^ *[*-] +\S/gm],
  ['a back-tick that opens or ends nothing', /`/g],
];
