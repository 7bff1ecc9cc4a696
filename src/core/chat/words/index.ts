// What Tocsin answers to people in a chat, in one language and time zone.
import { type Text, word } from '../../../kit/card.ts';
import type { Locale } from '../../../kit/locale.ts';
import { type Refusal, type RefusalCode, refusalSentences } from '../../../kit/refusals.ts';
import { createLanguage, type Language } from '../../message/language.ts';
import { filled, type Sentence, sentence, type Values } from '../../message/sentence.ts';
import { code } from '../../message/text.ts';
import { type ChatSentence, en } from './en.ts';
import { th } from './th.ts';
import { thRefusals } from './th-refusals.ts';

export type { ChatSentence } from './en.ts';

const sentences: Readonly<Record<Locale, Readonly<Record<ChatSentence, Sentence>>>> = {
  en: read(en),
  th: read(th),
};

const refusals: Readonly<Record<Locale, Readonly<Record<RefusalCode, Sentence>>>> = {
  en: read(refusalSentences),
  th: read(thRefusals),
};

export interface ChatWords {
  readonly language: Language;
  say(name: ChatSentence, values?: Values): Text;
  /** Why nothing was done. */
  refuse(refusal: Refusal): Text;
}

/** Code points of a value. */
const valueMax = 500;

/** @throws {RangeError} unknown time zone */
export function createChatWords(locale: Locale, timeZone: string): ChatWords {
  return {
    language: createLanguage(locale, timeZone),
    say: (name, values = {}) => filled(sentences[locale][name], values),
    refuse: ({ code: name, values }) =>
      filled(refusals[locale][name], Object.fromEntries(Object.entries(values).map(filledIn))),
  };
}

/** What a silence is called are words of ours, at the beginning of a sentence. */
function filledIn([name, value]: readonly [string, string]): [string, Text] {
  return [name, name === 'silence' ? [word(value)] : code(value, valueMax)];
}

function read<Name extends string>(texts: Readonly<Record<Name, string>>) {
  const entries = Object.entries<string>(texts).map(([name, text]) => [name, sentence(text)]);
  return Object.fromEntries(entries) as Record<Name, Sentence>;
}
