// The card's words in the operator's language and zone: labels, templates, times, spans. Pure; knows no event.
import { code } from './escape.ts';
import { en, type Labels } from './locales/en.ts';
import { th } from './locales/th.ts';

const locales: Readonly<Record<string, Labels>> = { en, th };

export interface Wording {
  readonly labels: Labels;
  /** `2026-02-03 08:19:32 +07:00`; a text that is no time is shown as inline code. */
  time(iso: string): string;
  /** `2 h`, `3 d`, `5 min`: the largest unit alone. */
  span(seconds: number): string;
}

/** A locale that is not there counts as English. @throws {RangeError} unknown time zone */
export function createWording(locale: string, timeZone: string): Wording {
  const labels = locales[locale] ?? en;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
  return {
    labels,
    time(iso) {
      const ms = Date.parse(iso);
      return Number.isNaN(ms) ? (code(iso, 40) ?? '') : zonedTime(format, ms);
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

function zonedTime(format: Intl.DateTimeFormat, ms: number): string {
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = value;
  // `GMT` alone is what the format says for UTC.
  const offset = (part.timeZoneName ?? '').replace(/^(GMT|UTC)/, '') || '+00:00';
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second} ${offset}`;
}

/** `{name}` replaced by its value, which must be inert already; a part in brackets is left out if one of its names has no value. */
export function filled(template: string, values: Readonly<Record<string, string | undefined>>): string {
  const kept = template.replace(/\[([^\]]*)\]/g, (_all, part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => values[name!] !== undefined) ? part : '',
  );
  return kept.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '?');
}
