// Slack's mrkdwn by its documented rules: what stands in angle brackets is a link, a channel or a
// mention, in code as well; three signs are escaped; code, strong, thin and struck words, quotes and
// emoji stand between signs at the edges of words. Written without looking at the sink.
import { linksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

/** A text object of type `mrkdwn` with `verbatim`: Slack looks for nothing by itself. */
export function mrkdwn(text: string): Reading {
  const active: string[] = [];
  const withoutTokens = text.replace(/<([^<>]*)>/g, (_all, inner: string) => {
    active.push(tokenIn(inner));
    return ` ${inner.split('|')[1] ?? ''} `;
  });
  for (const [sign] of withoutTokens.matchAll(/[<>]/g)) active.push(`an unescaped ${sign}`);
  for (const _ of text.matchAll(/&(?!amp;|lt;|gt;)/g)) active.push('an unescaped &');
  const outside = withoutTokens
    .replace(/```[\s\S]*?```/g, () => told('code'))
    // Within a word a back-tick is only a sign, so that what follows is no code.
    .replace(/(?<![\p{L}\p{N}`])`([^`\n]+)`(?![\p{L}\p{N}`])/gu, () => told('code'));
  for (const _ of outside.matchAll(/`/g)) active.push('a back-tick that opens or ends nothing');
  for (const [name, pattern] of marks) {
    for (const _ of outside.matchAll(pattern)) active.push(name);
  }
  return { seen: decoded(text), active: [...active, ...unseenIn(text)] };

  function told(what: string): string {
    active.push(what);
    return '\uE001';
  }
}

/** A text without mrkdwn, as a notification has it: only tokens and emoji are read. */
export function slackText(text: string): Reading {
  const { seen, active } = mrkdwn(text);
  const isRead = /^(?:mention|link|an unescaped|emoji|never)/;
  return { seen, active: active.filter((one) => isRead.test(one)) };
}

/** Without `verbatim`: Slack makes links and mentions of what looks like one. */
export function mrkdwnWithLinks(text: string): Reading {
  const { seen, active } = mrkdwn(text);
  const bare = text.replace(/<[^<>]*>/g, ' ');
  const names = [...bare.matchAll(/(?<![\p{L}\p{N}])[@#][a-z0-9][a-z0-9._-]*/giu)];
  return { seen, active: [...active, ...linksIn(bare), ...names.map(([one]) => `mention ${one}`)] };
}

function tokenIn(inner: string): string {
  if (/^[!@#]/.test(inner)) return `mention <${inner}>`;
  return `link ${inner.split('|')[0]}`;
}

/** Between signs that stand at the edge of a word. */
const between = (sign: string) =>
  new RegExp(
    String.raw`(?<![\p{L}\p{N}\\${sign}])[${sign}](?=[^\s${sign}])[^${sign}\n]*(?<=[^\s])[${sign}](?![\p{L}\p{N}])`,
    'gu',
  );

const marks: readonly (readonly [string, RegExp])[] = [
  ['strong', between('*')],
  ['thin', between('_')],
  ['struck', between('~')],
  ['a quote', /^(?:&gt;|>)/gm],
  ['emoji', /:[a-z0-9_+'-]*[a-z][a-z0-9_+'-]*:/gi],
];

function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
