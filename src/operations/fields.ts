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
