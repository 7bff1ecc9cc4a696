// What Tocsin answers to people in a chat, in one language and time zone.
import type { Text } from '../../../kit/card.ts';
import type { Locale } from '../../../kit/locale.ts';
import { createLanguage, type Language } from '../../message/language.ts';
import { filled, type Sentence, sentence, type Values } from '../../message/sentence.ts';
import { type ChatSentence, en } from './en.ts';
import { th } from './th.ts';

export type { ChatSentence } from './en.ts';

const sentences: Readonly<Record<Locale, Readonly<Record<ChatSentence, Sentence>>>> = {
  en: read(en),
  th: read(th),
};

export interface ChatWords {
  readonly language: Language;
  say(name: ChatSentence, values?: Values): Text;
}

/** @throws {RangeError} unknown time zone */
export function createChatWords(locale: Locale, timeZone: string): ChatWords {
  return {
    language: createLanguage(locale, timeZone),
    say: (name, values = {}) => filled(sentences[locale][name], values),
  };
}

function read(texts: Readonly<Record<ChatSentence, string>>) {
  const entries = Object.entries(texts).map(([name, text]) => [name, sentence(text)]);
  return Object.fromEntries(entries) as Record<ChatSentence, Sentence>;
}
