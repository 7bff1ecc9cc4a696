// The languages of the page: one file for each, all with the same keys.
import type { Locale } from '../../../kit/locale.ts';
import { locales } from '../../../kit/locale.ts';
import { en, type Words } from './en.ts';
import { th } from './th.ts';

export type { Words };

export const words: Readonly<Record<Locale, Words>> = { en, th };

/**
 * The language that a browser asks for, among those that there are.
 * @param header `Accept-Language`
 */
export function acceptedLocale(header: string | undefined): Locale | undefined {
  const ranges = (header ?? '').slice(0, 200).split(',');
  const wanted = ranges.map((range) => {
    const [tag = '', quality = 'q=1'] = range.trim().split(';');
    return { locale: tag.trim().slice(0, 2).toLowerCase(), q: Number(quality.split('=')[1]) || 0 };
  });
  const known = wanted
    .filter(({ locale, q }) => q > 0 && (locales as readonly string[]).includes(locale))
    .toSorted((a, b) => b.q - a.q);
  return known[0]?.locale as Locale | undefined;
}
