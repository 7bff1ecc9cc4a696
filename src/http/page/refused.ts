// What an operation refuses, in the language of the visitor.
import { createChatWords } from '../../core/chat/index.ts';
import { plainText } from '../../kit/card.ts';
import type { Locale } from '../../kit/locale.ts';
import type { Refusal } from '../../kit/refusals.ts';
import { FormError, RefusedError } from '../../operations/index.ts';
import type { Stranger } from '../visitor.ts';

/**
 * One problem a line.
 * @param detail in English, for what has no other words
 */
export function refusalIn(locale: Locale, error: unknown, detail: string): string {
  if (locale === 'en' || !(error instanceof RefusedError) || error.refusals.length === 0)
    return detail;
  const lines = error.refusals.map((one) => said(locale, one));
  // How a field should be written is said in English alone.
  return [...lines, ...(error instanceof FormError ? [detail] : [])].join('\n');
}

/** Why somebody may not come in. */
export function strangerIn(locale: Locale, { detail, refusal }: Stranger): string {
  return locale === 'en' || refusal === undefined ? detail : said(locale, refusal);
}

function said(locale: Locale, refusal: Refusal): string {
  return plainText(createChatWords(locale, 'UTC').refuse(refusal));
}
