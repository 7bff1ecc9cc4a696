// What an operation refuses, in the language of the visitor.
import { createChatWords } from '../../core/chat/index.ts';
import { plainText } from '../../kit/card.ts';
import type { Locale } from '../../kit/locale.ts';
import { FormError, RefusedError } from '../../operations/index.ts';

/**
 * One problem a line.
 * @param detail in English, for what has no other words
 */
export function refusalIn(locale: Locale, error: unknown, detail: string): string {
  if (locale === 'en' || !(error instanceof RefusedError) || error.refusals.length === 0)
    return detail;
  const words = createChatWords(locale, 'UTC');
  const lines = error.refusals.map((one) => plainText(words.refuse(one)));
  // How a field should be written is said in English alone.
  return [...lines, ...(error instanceof FormError ? [detail] : [])].join('\n');
}
