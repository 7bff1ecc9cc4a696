// Events as files: CSV for spreadsheets, and a JSON object a line. Pure; whoever writes the file
// pages through event-search.
import type { EventItem } from './event-fields.ts';

const columns: readonly (keyof Omit<EventItem, 'deliveries'>)[] = [
  ...(['id', 'receivedAt', 'occurredAt', 'severity', 'type', 'stream', 'source'] as const),
  ...(['status', 'action', 'device', 'user', 'ip', 'tenant', 'file', 'hash', 'threat'] as const),
  ...(['recurrence', 'itemId', 'externalId', 'subject', 'link'] as const),
];

/**
 * A spreadsheet runs a cell that begins like a formula, also after blanks that it drops. With an
 * apostrophe it is text.
 */
const formula = /^[\s\0]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

/** The first line of a CSV file, with its line break. */
export const csvHead = lineOf([...columns, 'deliveries']);

/** RFC 4180: a line an event, with its line break; no cell is a formula. */
export function csvOf(items: readonly EventItem[]): string {
  return items
    .map((item) => {
      const sent = item.deliveries.map(({ sink, state }) => `${sink}: ${state}`).join('; ');
      return lineOf([...columns.map((column) => item[column]), sent]);
    })
    .join('');
}

/** A line each, with its line break. */
export function ndjsonOf(items: readonly object[]): string {
  return items.map((item) => `${JSON.stringify(item)}\n`).join('');
}

function lineOf(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const inert = formula.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(inert) || inert.trim() !== inert
    ? `"${inert.replaceAll('"', '""')}"`
    : inert;
}
