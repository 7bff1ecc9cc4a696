// The fields that the inputs and outputs of several operations share.
import { z } from 'zod';
import type { Severity } from '../kit/event.ts';

export const text = z.string();

/** Of a source or a sink that must be named. */
export const name = z.string().min(1);

/** Of a stored row. */
export const id = z.int().positive();

/** The most rows that a list has. */
export const listMax = 1000;

/** How many rows a list may have. */
export const listLimit = z.int().min(1).max(listMax);

/** Of a stored row, wherever there is a route: a number of JSON would not hold every one. */
export const rowId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'expected the number of a stored row')
  .describe('The number of a stored row, as text');

/** A moment, RFC 3339 in UTC with `Z`. */
export const time = z.iso.datetime();

/** Where a list goes on: `next` of the page before. */
export const cursor = z
  .string()
  .max(2000)
  .describe('"next" of the page before, with the same filters; absent: the first page')
  .optional();

/** How many rows a page has where nobody says it. */
export const pageDefault = 50;

/** How many rows a page may have. */
export const pageLimit = z.int().min(1).max(200).meta({ default: pageDefault }).optional();

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the next page; null: there is none. */
  readonly next: string | null;
}

/** Of a {@link Page}; a list that is searched in steps extends it by `searchedTo`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('The cursor of the next page; null: there is none'),
  });
}

export const severity: z.ZodType<Severity> = z.literal([0, 1, 2, 3, 4, 5]);

/**
 * A JSON object that is passed on as it is; zod's own record would drop a key such as `__proto__`.
 */
export function objectOf<Type extends object>(): z.ZodType<Type> {
  return z.custom<Type>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'expected an object',
  );
}
