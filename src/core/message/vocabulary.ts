// The vendor's words in the reader's: by the terms of the event's product, else as the vendor
// writes them. Every enumeration is open, and an attacker may be the author of a word that is not
// in the table. Pure.
import { type Part, strong, type Text, word } from '../../kit/card.ts';
import type { Product, Term, TermKind } from '../../kit/product.ts';
import type { Language } from './language.ts';
import type { Links } from './links.ts';
import { brief, code } from './text.ts';

export interface Said {
  readonly text: Text;
  readonly isBad: boolean;
  readonly isGeneric: boolean;
  /** The words are ours; the details show the vendor's own beside them. */
  readonly isKnown: boolean;
  /** The vendor's own word; absent if it is `text` already. */
  readonly own?: Text;
}

/** Code points of a word that nobody knows. */
const unknownMax = 40;

/** In any vendor's word for a failure. */
const failing = /fail/i;

export interface Vocabulary {
  readonly product: Product | undefined;
  readonly language: Language;
  readonly links?: Links | undefined;
}

/** @returns undefined if the vendor said nothing */
export function said(
  kind: TermKind,
  vendors: string | null | undefined,
  { product, language }: Vocabulary,
): Said | undefined {
  if (vendors === null || vendors === undefined) return undefined;
  const terms = product?.terms?.[kind];
  const known = terms === undefined ? undefined : ours(terms, language.locale).get(vendors);
  if (known !== undefined) return known;
  const text = brief(vendors, unknownMax);
  if (text.length === 0) return undefined;
  return { text, isBad: failing.test(vendors), isGeneric: false, isKnown: false };
}

/** What the vendor wrote, whatever is known of it. */
export function ownText(
  vendors: string | null | undefined,
  known: Said | undefined,
  codePointsMax: number,
): Text {
  const isWhole = known?.own !== undefined && vendors!.length <= codePointsMax;
  return isWhole ? known.own : code(vendors, codePointsMax);
}

type Terms = Readonly<Record<string, Term>>;

/** Terms are constants; what is said of each is made once for each language. */
const made = {
  en: new WeakMap<Terms, ReadonlyMap<string, Said>>(),
  th: new WeakMap<Terms, ReadonlyMap<string, Said>>(),
};

function ours(terms: Terms, locale: Language['locale']): ReadonlyMap<string, Said> {
  let known = made[locale].get(terms);
  if (known === undefined) {
    known = new Map(
      Object.entries(terms).map(([name, term]) => [name, saidOf(name, term, locale)]),
    );
    made[locale].set(terms, known);
  }
  return known;
}

function saidOf(name: string, term: Term, locale: Language['locale']): Said {
  const text = term[locale] ?? term.en;
  const part: Part = term.isBad ? strong(text) : word(text);
  return {
    text: [part],
    isBad: term.isBad ?? false,
    isGeneric: term.isGeneric ?? false,
    isKnown: true,
    own: code(name, name.length),
  };
}
