// Numbers as a language counts: one is not several. Pure.
import type { Text } from '../../kit/card.ts';
import { type Language, number } from './language.ts';

export function eventsText(count: number, language: Language): Text {
  return count === 1
    ? [language.label('eventOne')]
    : language.say('eventCount', { count: number(count) });
}

/** Empty for none. */
export function devicesText(count: number, language: Language): Text {
  if (count === 0) return [];
  return count === 1
    ? [language.label('deviceOne')]
    : language.say('deviceCount', { count: number(count) });
}
