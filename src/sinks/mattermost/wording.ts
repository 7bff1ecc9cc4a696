// The words of a card in the operator's language and time zone: labels, sentences, times, spans.
// Pure. Knows nothing of events.
import type { Locale } from '../../kit/locale.ts';
import { code } from './escape.ts';
import { en, type Labels } from './locales/en.ts';
import { th } from './locales/th.ts';

/** The labels by language. */
export const locales: Readonly<Record<Locale, Labels>> = { en, th };

export interface Wording {
  /** `en`, `th`. */
  readonly locale: string;
  readonly labels: Labels;
  /** `2026-02-03 08:19:32 +07:00`; a text that is no time is shown as inline code. */
  time(iso: string): string;
  /** `2 h`, `3 d`, `5 min`: rounded to one unit. */
  span(seconds: number): string;
}

/**
 * The wording of a locale; English for an unknown one.
 * @throws {RangeError} the time zone is unknown
 */
export function createWording(locale: string, timeZone: string): Wording {
  const labels = locales[locale as Locale] ?? en;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const offsetAt = createOffsets(format);
  return {
    locale,
    labels,
    time(iso) {
      const ms = Date.parse(iso);
      return Number.isNaN(ms) ? (code(iso, 40) ?? '') : zonedTime(ms, offsetAt(ms));
    },
    span(seconds) {
      const minutes = Math.max(1, Math.round(seconds / 60));
      if (minutes < 60) return filled(labels.minutes, { count: String(minutes) });
      const hours = Math.round(minutes / 60);
      if (hours < 48) return filled(labels.hours, { count: String(hours) });
      return filled(labels.days, { count: String(Math.round(hours / 24)) });
    },
  };
}

/** How far the zone is ahead of UTC. */
interface Offset {
  /** `+07:00`. */
  readonly text: string;
  readonly ms: number;
}

/** Since then, every zone has changed its clocks only at a quarter of an hour in UTC. */
const quartersSinceMs = Date.UTC(1973, 0, 1);
const quarterMs = 900_000;
const quartersMax = 1000;

/**
 * Remembers the offset of each quarter of an hour: formatting costs twenty times the rest of a
 * field, and most events come from the same hours.
 */
function createOffsets(format: Intl.DateTimeFormat): (ms: number) => Offset {
  const known = new Map<number, Offset>();
  return (ms) => {
    if (ms < quartersSinceMs) return offsetOf(format, ms);
    const quarter = Math.floor(ms / quarterMs);
    let offset = known.get(quarter);
    if (offset === undefined) {
      if (known.size >= quartersMax) known.clear();
      offset = offsetOf(format, ms);
      known.set(quarter, offset);
    }
    return offset;
  };
}

function offsetOf(format: Intl.DateTimeFormat, ms: number): Offset {
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  // `GMT` alone is what the format says for UTC.
  const text = name.replace(/^(GMT|UTC)/, '') || '+00:00';
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number);
  const size = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return { text, ms: text.startsWith('-') || text.startsWith('−') ? -size : size };
}

function zonedTime(ms: number, offset: Offset): string {
  const iso = new Date(ms + offset.ms).toISOString();
  const dayEnd = iso.indexOf('T');
  return `${iso.slice(0, dayEnd)} ${iso.slice(dayEnd + 1, dayEnd + 9)} ${offset.text}`;
}

/**
 * Replaces each `{name}` by its value, which must be inert already. A part in brackets is left out
 * if one of its names has no value.
 */
export function filled(
  template: string,
  values: Readonly<Record<string, string | undefined>>,
): string {
  const kept = template.replace(/\[([^\]]*)\]/g, (_all, part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => values[name!] !== undefined) ? part : '',
  );
  return kept.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '?');
}
