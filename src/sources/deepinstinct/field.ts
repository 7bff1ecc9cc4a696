// Reading single fields of the wire. Whatever is absent, null, "", blank or of the wrong kind is
// undefined: servers of different releases do all of these. Pure.
import { cutMiddle, validText } from '../../kit/text.ts';
import { isObject } from './page.ts';

export type Wire = Readonly<Record<string, unknown>>;

/** The raw object keeps all; the body is for reading. */
const textLengthMax = 8000;

/** Printable ASCII, and not blank: most of what comes, and right as it is. */
const ordinary = /^[!-~][ -~]*$/;

/**
 * Valid Unicode without NUL, at most 8,000 characters (the middle is left out). A number becomes
 * its digits; of a list, each text and number in it, with commas between.
 */
export function textOf(value: unknown, lengthMax = textLengthMax): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return textOfList(value, lengthMax);
  if (typeof value !== 'string') return undefined;
  if (value.length <= lengthMax && ordinary.test(value)) return value;
  // Megabytes are cut before they are checked, and once more when what is removed is gone.
  const text = validText(cutMiddle(value, 4 * lengthMax));
  return /\S/.test(text) ? cutMiddle(text, lengthMax) : undefined;
}

const listMax = 50;

function textOfList(list: readonly unknown[], lengthMax: number): string | undefined {
  const texts = list
    .slice(0, listMax)
    .filter((entry) => !Array.isArray(entry))
    .map((entry) => textOf(entry, lengthMax))
    .filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : cutMiddle(texts.join(', '), lengthMax);
}

/** The first of `keys` that says something. */
export function firstText(wire: Wire, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = textOf(wire[key]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A whole number from 0 on; also out of a numeric text. */
export function countOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

/** The object, or the first one of a list; empty if there is none. */
export function objectOf(value: unknown): Wire {
  const object = Array.isArray(value) ? value.find(isObject) : value;
  return isObject(object) ? object : {};
}

/** The objects in a list, or the one in place of a list; anything else is left out. */
export function objectsOf(value: unknown, countMax: number): readonly Wire[] {
  const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, countMax) : [value];
  return list.filter(isObject);
}

/**
 * `fields` as they are; undefined if none of them says anything. What is absent stays in them as
 * undefined, because whoever reads objects of one shape finds its fields at once.
 */
export function present<T extends object>(
  fields: { [K in keyof T]: T[K] | undefined },
): T | undefined {
  for (const key in fields) if (fields[key] !== undefined) return fields as T;
  return undefined;
}

/** What stands behind the last slash of either kind, slashes at the end aside. */
export function baseName(path: string): string | undefined {
  let end = path.length;
  while (end > 0 && isSlash(path.charCodeAt(end - 1))) end -= 1;
  let start = end;
  while (start > 0 && !isSlash(path.charCodeAt(start - 1))) start -= 1;
  return path.slice(start, end) || undefined;
}

function isSlash(unit: number): boolean {
  return unit === 0x5c || unit === 0x2f;
}
