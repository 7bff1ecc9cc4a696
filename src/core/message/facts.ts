// Facts of an event that more than one part of its card shows. Pure.
import { type Field, type Text, word } from '../../kit/card.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { Language } from './language.ts';
import { code, joined } from './text.ts';

/**
 * When it happened, or the nearest to it that is known: a time of arrival must not pass for that of
 * an attack.
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

export function timeField(event: StoredEvent, language: Language): Field {
  return { name: [language.label('timestamp')], value: nearestTime(event, language) };
}

/** The vendor's number if it is one, else Tocsin's own. */
export function shownId({ id, body }: Pick<StoredEvent, 'id' | 'body'>): string {
  return /^\d{1,20}$/.test(body.itemId ?? '') ? body.itemId! : `${id}`;
}

/** Each in its own piece of code, with an equal share of the room. */
export function techniquesOf({ body }: StoredEvent, countMax: number, codePointsMax: number): Text {
  const all = body.techniques ?? [];
  const shown = all.slice(0, countMax);
  const share = Math.floor(codePointsMax / Math.max(1, shown.length));
  const texts = shown.map(({ id, name }) => code(name === undefined ? id : `${id} ${name}`, share));
  const more = all.length - shown.length;
  const text = joined(', ', texts);
  return more > 0 && text.length > 0 ? [...text, word(` +${more}`)] : text;
}
