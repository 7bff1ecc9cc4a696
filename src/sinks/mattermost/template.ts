// What templates need of Mattermost: values that end no markup around them, and own text that
// cannot make a value active. Pure.
import type { TemplatePiece, TemplateSupport, TemplateWords, ValuePlace } from '../../kit/sink.ts';
import { code, prose, withoutHashtags } from './escape.ts';
import { linkOf } from './link.ts';
import { en, type Labels } from './locales/en.ts';
import type { Wording } from './wording.ts';

/** Those without gaps to fill in. */
const labelNames = (Object.keys(en) as (keyof Labels)[]).filter((name) => !en[name].includes('{'));

export function createTemplateWords({ labels, time }: Wording): TemplateWords {
  return {
    labels: Object.fromEntries(labelNames.map((name) => [name, labels[name]])),
    time,
    link: (url) => linkOf(url) ?? '',
    escape: escapedValue,
  };
}

const zeroWidthSpace = '\u200B';

/** Clients put titles into `**`, and the card's title into a link to the console. */
const aroundPart: Readonly<Record<ValuePlace['part'], string>> = {
  title: '*[',
  'field title': '*',
  text: '',
  'field value': '',
};

/**
 * A zero-width space parts a value from what it touches, outside its code. Without one, phones find
 * an e-mail address (`/` and `a@b.co`) or an emoticon (`:` and `(`) before the code, which takes
 * the back-tick away; two values share their back-ticks; and `@` and `channel` are a mention
 * together.
 */
function escapedValue(text: string, { form, part, own, codePointsMax }: ValuePlace): string {
  const around = `${own}${aroundPart[part]}`;
  if (form === 'value') {
    const shown = code(text, codePointsMax);
    return shown === undefined
      ? ''
      : `${zeroWidthSpace}${disguised(withoutHashtags(shown), around, '')}`;
  }
  const shown = prose(text, codePointsMax);
  if (shown === undefined) return '';
  return `${zeroWidthSpace}${disguised(withoutHashtags(shown), around, '\\')}${zeroWidthSpace}`;
}

/**
 * By sign of the template's own: look-alikes for what would end or continue it. The web client
 * looks for these before it looks for code.
 */
const lookAlikes: readonly (readonly [own: string, signs: Readonly<Record<string, string>>])[] = [
  ['*', { '*': '∗' }],
  ['_', { _: 'ˍ' }],
  ['~', { '~': '∼' }],
  ['|', { '|': '∣' }],
  ['[', { '[': '［', ']': '］', '(': '（', ')': '）' }],
];

/** @param backslash what stands before a sign that is escaped, and goes with it */
function disguised(escaped: string, own: string, backslash: '' | '\\'): string {
  let shown = escaped;
  for (const [sign, signs] of lookAlikes) {
    if (!own.includes(sign)) continue;
    for (const [from, to] of Object.entries(signs)) {
      if (backslash !== '') shown = shown.replaceAll(`${backslash}${from}`, to);
      shown = shown.replaceAll(from, to);
    }
  }
  return shown;
}

/**
 * What no look-alike in a value helps against: these open code, formulas and links, or take a
 * value's own back-tick away.
 */
const refused = /[`\\<$]/;
/** An address goes on to the next blank, and takes the beginning of a value with it. */
const openAddress =
  /(?:\/\/|[a-z][a-z\d.+-]*:[\p{L}\d%/]|www\d{0,3}\.|[\p{L}\d.-]\.\p{L}{2,}\/)\S*$/iu;
const openMention = /[@＠﹫][\p{L}\p{N}._-]*$/u;

export const templateSupport: TemplateSupport = {
  labels: labelNames,
  fault(pieces) {
    let before = '';
    for (const [index, piece] of pieces.entries()) {
      const found = faultOf(piece, before);
      if (found !== undefined) return { index, ...found };
      before = after(piece, before);
    }
    return undefined;
  },
};

function faultOf(
  piece: TemplatePiece,
  before: string,
): { problem: string; remedy: string } | undefined {
  if (piece.kind === 'own') {
    const [sign] = refused.exec(piece.text) ?? [];
    const remedy =
      'Leave it out: values are shown as code already, and a value could use it to become active';
    return sign === undefined ? undefined : { problem: `has ${sign} in its own text`, remedy };
  }
  if (openMention.test(before)) {
    return {
      problem: 'has a mention with a value or a tag right behind it',
      remedy: 'Put a blank between them',
    };
  }
  if (openAddress.test(before) && (piece.kind === 'logic' || piece.form !== 'url')) {
    const remedy =
      'Put a blank between them, or let the value be a part of the address: {{ … | url_encode }}';
    return { problem: 'has an address with a value or a tag right behind it', remedy };
  }
  return undefined;
}

/** The end of what was written so far, as far as it matters. */
function after(piece: TemplatePiece, before: string): string {
  if (piece.kind === 'logic') return '';
  if (piece.kind === 'value')
    return piece.isLink ? 'https://' : openAddress.test(before) ? before : '';
  const text = `${before}${piece.text}`;
  return text.slice(text.search(/\S*$/));
}
