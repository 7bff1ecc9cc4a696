// What the vendor changed of an item, from what to what, as fields of a card. Pure.
import { type Field, type Text, word } from '../../kit/card.ts';
import type { ChangedField } from '../../kit/incident.ts';
import type { Label, Language } from './language.ts';
import { code } from './text.ts';

/** What is shown of all that the vendor changed at once. */
const fieldsMax = 6;

/** What changes has a label of the same name; anything else is named in its own words. */
const labels: ReadonlySet<string> = new Set<Label>([
  'status',
  'action',
  'lastAction',
  'recurrence',
  'severity',
  'comment',
  'affectedDevices',
  'closedAt',
  'closeTrigger',
  'lastSeenAt',
  'fileStatus',
  'sandboxStatus',
]);

/** The first six. @param max characters of a value */
export function changedFields(
  fields: readonly ChangedField[],
  language: Language,
  max: number,
): Field[] {
  return fields.slice(0, fieldsMax).map(({ name, from, to }) => ({
    name: [labels.has(name) ? language.label(name as Label) : word(wordsOf(name))],
    value: [...valueText(from, language, max), word(' → '), ...valueText(to, language, max)],
  }));
}

/** `closedAt` as `closed at`: our own names, which have letters alone. */
function wordsOf(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]/g, ' ')
    .replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after}`)
    .toLowerCase()
    .slice(0, 40);
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function valueText(value: string | null, language: Language, max: number): Text {
  if (value !== null && isoTime.test(value)) return language.time(value);
  const shown = code(value, max);
  return shown.length > 0 ? shown : [word('–')];
}
