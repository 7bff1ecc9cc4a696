// Mattermost's Markdown as three parsers and a stricter model read it: the web client's, that of
// phones, plain CommonMark. A word outside of code notifies whoever has it among the own keywords.
import { outsideCode, syntaxIn } from './mattermost-model.ts';
import { readers } from './mattermost-parsers.ts';
import { unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

/** Stands for any word that somebody has among the own keywords. */
export const keyword = 'zqkeyword';

/** A text of an attachment. */
export function markdown(text: string): Reading {
  const active = Object.entries(readers).flatMap(([name, read]) =>
    read(text).map((one) => `${plainly(one)} (${name})`),
  );
  // What it sees begins in ours and ends wherever it likes, so that only the kind is told.
  const kinds = new Set(syntaxIn(text, '').map((one) => one.replace(/ \(".*$|^: /gs, '')));
  for (const kind of kinds) active.push(`${kind} (model)`);
  if (outsideFences(text).includes(keyword)) active.push('a keyword outside of code');
  return { seen: text, active: [...active, ...unseenIn(text)] };
}

/** CommonMark, and what most chats add: mentions, hashtags, addresses of mail, emoji by name. */
export function commonMark(text: string): Reading {
  const found = readers.plain!(text).filter((one) => !/^(?:mention ＠|channel|face)/.test(one));
  const active = found.map(plainly);
  return { seen: text, active: [...active, ...unseenIn(text)] };
}

/** The text of a post, which the server searches for hashtags whatever is code. */
export function message(text: string): Reading {
  const { seen, active } = markdown(text);
  const tags = text
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\d\s#]+|[^\p{L}\d\s]+$/gu, '').replace(/^#{2,}/, '#'))
    .filter((word) => /^#\p{L}[\p{L}\d\-_.]*[\p{L}\d]$/u.test(word));
  return { seen, active: [...active, ...tags.map((tag) => `hashtag ${tag}`)] };
}

/** For notifications: no Markdown, but mentions. */
export function fallback(text: string): Reading {
  const found = text.match(/[@＠﹫][\p{L}\p{N}]|<[!@]|<[^<|]+\|[^>]+>/gu) ?? [];
  return { seen: text, active: [...found.map((one) => `mention ${one}`), ...unseenIn(text)] };
}

/** Inline code and fences are one thing here: how many lines a value has is its own affair. */
function plainly(found: string): string {
  if (/^(?:code|codespan|code_inline|code_block|fence)\b/.test(found)) return 'code';
  if (/^strong/.test(found)) return 'strong';
  return found.replace(/^link_open/, 'link');
}

function outsideFences(text: string): string {
  // Nor is the address of a link a text. It has no back-tick: what has one is two values.
  const kept = text.replace(/^```\n[\s\S]*?\n```$/gm, '').replace(/\]\([^\s()`]*\)/g, ']');
  return kept
    .split(/\n[ \t]*\n/)
    .map(outsideCode)
    .join('\n');
}
