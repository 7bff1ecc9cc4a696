// What the vendor changed of an item, from what to what, as fields of a card. Pure.
import { type Field, type Text, word } from '../../kit/card.ts';
import type { ChangedField } from '../../kit/incident.ts';
import type { Label, Language } from './language.ts';
import { code } from './text.ts';

/** What is shown of all that the vendor changed at once. */
const fieldsMax = 6;

const labels: Readonly<Record<string, Label>> = {
  status: 'status',
  action: 'action',
  lastAction: 'lastAction',
  recurrence: 'recurrence',
  severity: 'severity',
  comment: 'comment',
  affectedDevices: 'affectedDevices',
  closedAt: 'closedAt',
  closeTrigger: 'closeTrigger',
  lastSeenAt: 'lastSeenAt',
  fileStatus: 'fileStatus',
  sandboxStatus: 'sandboxStatus',
};

/** The first six. @param max characters of a value */
export function changedFields(
  fields: readonly ChangedField[],
  language: Language,
  max: number,
): Field[] {
  return fields.slice(0, fieldsMax).map(({ name, from, to }) => ({
    name: [Object.hasOwn(labels, name) ? language.label(labels[name]!) : word(wordsOf(name))],
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
