// One language in one time zone: labels, sentences, times and spans. Pure; knows no event.
import type { Part, Text } from '../../kit/card.ts';
import { plainText, word } from '../../kit/card.ts';
import type { Notice } from '../../kit/event.ts';
import type { Locale } from '../../kit/locale.ts';
import { en, type LocaleWords } from './locales/en.ts';
import { th } from './locales/th.ts';
import { filled, type Sentence, sentence, type Values } from './sentence.ts';
import { code } from './text.ts';
import { createZonedTime } from './zoned-time.ts';

/** One line a language. */
const words: Readonly<Record<Locale, LocaleWords>> = { en, th };

export type Label = keyof LocaleWords['labels'];
/** What a reader can do from a card. */
export type ActionName = keyof LocaleWords['actions'];
export type SentenceName = keyof LocaleWords['sentences'];

export interface NoticeSentences {
  readonly happened: Sentence;
  readonly advice: Sentence;
}

/** What a template may say by name. */
export const labelNames: readonly string[] = Object.keys(en.labels);

export interface Language {
  readonly locale: Locale;
  /** By name, for templates. */
  readonly labels: Readonly<Record<string, string>>;
  label(name: Label): Part;
  say(name: SentenceName, values: Values): Text;
  /** What stands on a button or in a menu. @param seconds for how long, if it takes a time */
  action(name: ActionName, seconds?: number): string;
  /** What happened, and what to do; undefined for a kind that this release does not know. */
  notice(kind: string): NoticeSentences | undefined;
  /** A text that is no time is shown as it is. */
  time(iso: string): Text;
  /**
   * `2026-02-03` as `3 Feb 2026`.
   * @param isSameYear the reader knows the year
   */
  date(day: string, isSameYear: boolean): string;
  /** `2 h`, `3 d`, `5 min`: the largest unit alone. */
  span(seconds: number): Text;
}

/** @throws {RangeError} unknown time zone */
export function createLanguage(locale: Locale, timeZone: string): Language {
  const { labels, months, sentences, actions, notices, advice } = words[locale];
  const parts = mapped(labels, word);
  const said = mapped(sentences, sentence);
  const told = mapped(notices, sentence);
  const advised = mapped(advice, sentence);
  const zoned = createZonedTime(timeZone);
  const say = (name: SentenceName, values: Values) => filled(said[name], values);
  const offered = mapped(actions, sentence);
  const counted = (name: SentenceName, count: number) => say(name, { count: number(count) });
  const span = (seconds: number): Text => {
    const minutes = Math.max(1, Math.round(seconds / 60));
    if (minutes < 60) return counted('minutes', minutes);
    const hours = Math.round(minutes / 60);
    return hours < 48 ? counted('hours', hours) : counted('days', Math.round(hours / 24));
  };
  return {
    locale,
    labels,
    label: (name) => parts[name],
    say,
    action: (name, seconds) =>
      plainText(filled(offered[name], seconds === undefined ? {} : { time: span(seconds) })),
    notice(name) {
      if (!Object.hasOwn(told, name)) return undefined;
      const kind = name as Notice['kind'];
      return { happened: told[kind], advice: advised[kind] };
    },
    time(iso) {
      const text = zoned(iso);
      return text === undefined ? code(iso, 40) : [{ kind: 'time', text, iso }];
    },
    date(day, isSameYear) {
      const [year = '', month = '', date = ''] = day.split('-');
      const named = `${Number(date)} ${months[Number(month) - 1] ?? month}`;
      return isSameYear ? named : `${named} ${year}`;
    },
    span,
  };
}

export function number(value: number): Text {
  return [word(String(value))];
}

function mapped<Key extends string, Value>(
  texts: Readonly<Record<Key, string>>,
  make: (text: string) => Value,
): Readonly<Record<Key, Value>> {
  const entries = Object.entries<string>(texts).map(([key, text]) => [key, make(text)]);
  return Object.fromEntries(entries) as Record<Key, Value>;
}
