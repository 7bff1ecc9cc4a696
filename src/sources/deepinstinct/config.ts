// The settings of both Deep Instinct sources. Pure.
import { z } from 'zod';
import { linkPatternFault } from '../../kit/link-pattern.ts';
import { readWebUrl } from '../../kit/web-url.ts';
import { parseStartFrom } from './start-from.ts';

/**
 * @returns scheme, host and whatever stands before `/api/v1`; without a slash at the end
 * @throws {RangeError} as {@link parseStartFrom}
 */
export function parseConsoleUrl(text: string): string {
  const written = text.trim();
  const hasScheme = /^(https?:|[a-z][a-z0-9+.-]*:\/\/)/i.test(written);
  const read = readWebUrl(hasScheme ? written : `https://${written}`);
  if ('fault' in read) throw new RangeError(read.fault);
  const { url } = read;
  if (/[?#]/.test(written)) throw new RangeError('has something behind the address (? or #)');
  return url.origin + url.pathname.replace(/\/api\/v1(\/.*)?$/i, '').replace(/\/+$/, '');
}

/**
 * @returns the key as it came
 * @throws {RangeError} as {@link parseStartFrom}; its message never holds the key
 */
export function parseToken(text: string): string {
  if (/^bearer(\s|$)/i.test(text.trim())) {
    throw new RangeError(
      'begins with "Bearer"; Deep Instinct wants the key alone and answers 401 to anything else',
    );
  }
  if (/\s/.test(text)) throw new RangeError('holds a blank or a line break');
  if (!/^[\x21-\x7E]+$/.test(text)) throw new RangeError('holds characters that no key has');
  return text;
}

/** A zod transform made of a function that throws RangeError. */
function checked<In, Out>(parse: (value: In) => Out) {
  return (value: In, context: z.RefinementCtx): Out => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}

export const config = z.strictObject({
  url: z
    .string()
    .min(1)
    .transform(checked(parseConsoleUrl))
    .describe(
      'The address of the Deep Instinct console, such as https://console.example.com; with or ' +
        'without /api/v1. HTTPS unless http:// is written.',
    ),
  token: z
    .string()
    .min(1)
    .transform(checked(parseToken))
    .describe(
      'The key of an API connector (console: Settings → Integration & Notification → API ' +
        'Connectors; Read Only is enough), without "Bearer".',
    ),
  start_from: z
    .union([z.string(), z.number()], { error: 'is no text and no number' })
    .default('24h')
    .transform(checked((value) => parseStartFrom(String(value))))
    .describe(
      'Where the first reading begins: now, all, a duration back (30m, 24h, 7d, 2w), a date ' +
        '(2026-02-03, 2026-02-03T08:00+07:00; UTC without an offset) or the number of an event ' +
        '(17000; id:20261101 where the number could be a date).',
    ),
  event_link: z
    .string()
    .superRefine((text, context) => {
      const fault = linkPatternFault(text, 'id', true);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    })
    .optional()
    .describe(
      'The address of one event, with {id} in place of its number, such as ' +
        'https://console.example.com/#/events/{id}. Without it, cards lead to the console’s ' +
        'front page, since no address of an event is documented.',
    ),
  overlap: z
    .int()
    .min(0)
    .max(1000)
    .default(50)
    .describe(
      'How many numbers before the newest event read are read again now and then, to find events ' +
        'that were stored late.',
    ),
});
export type DeepInstinctConfig = z.output<typeof config>;
