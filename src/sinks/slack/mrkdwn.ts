// A text of a card in Slack's mrkdwn, in which nothing of others is obeyed. Pure.
import { type Part, type Text, word } from '../../kit/card.ts';
import { codePointLength, cutMiddle } from '../../kit/text.ts';

/** Slack allows 3,000 characters. */
export const sectionMax = 2_900;
/** Code points of one part of a field's value. */
export const valueMax = 2_000;

/** Letters that a desktop has room for beside each other. */
const lineMax = 70;

/** Short facts together on a line, in their order, so that all of them need less of a screen. */
export function packed(facts: readonly Text[]): Text[] {
  const lines: Text[] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const fact of facts) {
    const own = lengthOf(fact);
    const isTogether = length + own <= lineMax;
    if (isTogether) lines.push([...lines.pop()!, word(' · '), ...fact]);
    else lines.push(fact);
    length = isTogether ? length + own : own;
  }
  return lines;
}

/** A script of several lines stands alone. */
function lengthOf(fact: Text): number {
  if (fact.some(({ kind }) => kind === 'block')) return Number.POSITIVE_INFINITY;
  return fact.reduce((sum, { text }) => sum + codePointLength(text), 0);
}

/** One, or a line for each part, or several, where a section would not hold the whole. */
export function linesOf(text: Text): string[] {
  const whole = mrkdwn(text);
  return whole.length <= sectionMax
    ? [whole]
    : text.flatMap(piecesOf).map((part) => mrkdwn([part]));
}

/** A character takes five at most. Core leaves only values so long; the rest is cut. */
function piecesOf(part: Part): Part[] {
  if (mrkdwn([part]).length <= sectionMax) return [part];
  const isValue = codePointLength(part.text) <= valueMax;
  const texts = isValue ? part.text.match(/.{1,550}/gsu) : [cutMiddle(part.text, 550)];
  return (texts ?? []).map((text) => ({ ...part, text }));
}

/** Within a word, a back-tick is no beginning of code and no end. */
export function mrkdwn(text: Text): string {
  return text
    .map(partOf)
    .reduce(
      (one, next) =>
        touches.test(one.slice(-1) + next.slice(0, 1)) ? `${one} ${next}` : one + next,
      '',
    );
}
const touches = /[\p{L}\p{M}\p{N}`]`|`[\p{L}\p{M}\p{N}]/u;

function partOf(part: Part): string {
  // Of two asterisks around a word that has one, Slack may take the wrong pair.
  if (part.kind === 'word')
    return part.isStrong
      ? `*${inert(part.text).replaceAll('*', lookAlikes['*'])}*`
      : inert(part.text);
  if (part.kind === 'time') return escaped(part.text);
  if (part.kind === 'link') return link(part.url, inert(part.text));
  const code = escaped(part.text).replaceAll('`', lookAlikes['`']);
  return part.kind === 'block' ? `\`\`\`\n${code}\n\`\`\`` : `\`${code}\``;
}

const lookAlikes = { '*': '∗', _: '＿', '~': '∼', '`': 'ˋ' } as const;

/** Text in which nothing is obeyed. Slack has no escape for its signs; within a word they stay. */
export function inert(text: string): string {
  return escaped(text)
    .replace(/`|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu, (sign) => lookAlikes[sign as '*'])
    .replace(/:(?=[\w+'-]*[a-z][\w+'-]*:)/gi, '：')
    .replace(/^&gt;/, '›');
}

export function link(url: string, text: string): string {
  return `<${escaped(new URL(url).href.replaceAll('|', '%7C'))}|${text.replaceAll('|', '¦')}>`;
}

/** What it adds to the length of a message. */
export function weightOf({ text }: Part): number {
  return escaped(text).length + 2;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
