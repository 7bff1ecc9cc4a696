// Facts of an event that more than one part of its card shows. Pure.
import { type Field, type Text, word } from '../../kit/card.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { Label, Language } from './language.ts';
import { techniqueText } from './links.ts';
import { joined } from './text.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * When it happened, else the nearest time that is known, which says so: a time of arrival must not
 * pass for that of an attack.
 */
export function nearestTime(event: StoredEvent, language: Language): Text {
  const { occurredAt, body, receivedAt } = event;
  const happened = timeText(occurredAt, language);
  if (happened !== undefined) return happened;
  const time = timeText(body.observedAt, language);
  if (time !== undefined) return language.say('timeObserved', { time });
  return language.say('timeReceived', { time: language.time(receivedAt) });
}

function timeText(iso: string | null | undefined, language: Language): Text | undefined {
  const text = language.time(iso ?? '');
  return text[0]?.kind === 'time' ? text : undefined;
}

export function timeField(time: Text, language: Language): Field {
  return { name: [language.label('timestamp')], value: time };
}

/** The vendor's number if it is one, else Tocsin's own. */
export function shownId({ id, body }: Pick<StoredEvent, 'id' | 'body'>): string {
  return /^\d{1,20}$/.test(body.itemId ?? '') ? body.itemId! : `${id}`;
}

/** How many are shown, and the code points of all together. */
export interface TechniquesRoom {
  readonly count: number;
  readonly text: number;
}

/** Each in its own piece of code, with an equal share of the room. */
export function techniquesOf({ body }: StoredEvent, words: Vocabulary, room: TechniquesRoom): Text {
  const all = body.techniques ?? [];
  if (all.length === 0) return [];
  const shown = all.slice(0, room.count);
  const share = Math.floor(room.text / Math.max(1, shown.length));
  const texts = shown.map((technique) => techniqueText(technique, share, words));
  const more = all.length - shown.length;
  const text = joined(', ', texts);
  return more > 0 && text.length > 0 ? [...text, word(` +${more}`)] : text;
}

/** Collects fields under the names of a language; an empty value gives none. */
export class FieldList {
  readonly fields: Field[] = [];
  readonly #language: Language;

  constructor(language: Language) {
    this.#language = language;
  }

  add(label: Label, value: Text): void {
    if (value.length > 0) this.fields.push({ name: [this.#language.label(label)], value });
  }
}
