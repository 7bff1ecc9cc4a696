// A message of Telegram by the rules of its open client library: the first hundred stretches that
// the sender marked, code and links before bold; then what the server finds by itself in the rest.
// What touches marked code or a marked link is not found. Written without looking at the sink.
import { unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

/** Of them nothing is a part of another. */
const firm = new Set(['code', 'pre', 'text_link', 'text_mention']);

/** @param text JSON with `text` and `entities` */
export function telegramMessage(text: string): Reading {
  const { text: shown, entities = [] } = JSON.parse(text) as { text: string; entities?: Entity[] };
  const active = entities.flatMap((one) => faultsIn(one, shown));
  const marked = entities.filter(({ type }) => firm.has(type));
  const kept = [...marked, ...entities.filter(({ type }) => !firm.has(type))].slice(0, 100);
  const holders = kept.filter(({ type }) => firm.has(type));
  for (const one of holders)
    for (const other of kept)
      if (other !== one && touches(other, one)) active.push('never: code or a link within another');
  for (const { type, url } of kept)
    active.push(
      type === 'pre' ? 'code' : type === 'bold' ? 'strong' : `${type} ${url ?? ''}`.trim(),
    );
  for (const { what, ...found } of foundIn(shown))
    if (!holders.some((one) => touches(found, one))) active.push(what);
  const urls = kept.flatMap(({ url }) => url ?? []);
  return { seen: [shown, ...urls].join('\n'), active: [...active, ...unseenIn(shown)] };
}

function faultsIn({ offset, length, type }: Entity, text: string): string[] {
  const inside = text.slice(offset, offset + length);
  const isHalf = /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(inside);
  if (inside.length !== length || length < 1) return [`never: ${type} out of the text`];
  if (inside.trim() === '') return [`never: ${type} of nothing`];
  return isHalf ? [`never: ${type} cuts a letter in two`] : [];
}

function touches(one: Pick<Entity, 'offset' | 'length'>, other: Entity): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}

const wordSign = String.raw`\p{L}\p{N}_`;
/** Anything but blanks and most of the block of general punctuation. */
const ofDomain = String.raw`[\w~\u{C0}-\u{1FFF}\u{200C}\u{200D}\u{2010}-\u{2015}\u{2070}-\u{10FFFF}-]`;

const patterns: readonly (readonly [string, RegExp])[] = [
  ['mention', new RegExp(String.raw`(?<![${wordSign}])@\w{2,32}(?![${wordSign}])`, 'gu')],
  [
    'command',
    new RegExp(String.raw`(?<![${wordSign}/<>])/\w{1,64}(?:@\w{3,32})?(?![${wordSign}/<>])`, 'gu'),
  ],
  ['hashtag', /(?<![\p{L}\p{Nd}_])#[\p{L}\p{Nd}_\u200C\u00B7]+/gu],
  ['cashtag', /(?<![\p{L}\p{Nd}_$])\$(?:1INCH|[A-Z]{1,8})(?![\p{L}\p{Nd}_$])/gu],
  ['link', /(?:tg|ton|tonsite):\/\/[\w-]/giu],
  // It takes any domain after a scheme, and many after none.
  ['link', new RegExp(String.raw`(?:[a-z]+:\/\/)?(?:[^\s/@]+@)?${ofDomain}+\.${ofDomain}+`, 'giu')],
  ['card or telephone', /(?<![\p{L}\d_.,+-])\d(?:[ -]?\d){12,18}(?![\p{L}\d_-])/gu],
];

function foundIn(text: string) {
  return patterns.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)]
      .filter(([all]) => kind !== 'hashtag' || /\p{L}/u.test(all))
      .map(({ 0: all, index }) => ({ what: `${kind} ${all}`, offset: index, length: all.length })),
  );
}
