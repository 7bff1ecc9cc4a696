// Addresses of the configuration with one place to fill in, such as
// `https://console.example/#/events/{id}`. Pure.
import { z } from 'zod';
import { readWebUrl } from './web-url.ts';

/** What stands in braces. */
export type LinkPlace = 'id' | 'hash' | 'technique';

const lengthMax = 500;

/**
 * Why `pattern` cannot be used, to follow the name of the setting; undefined if it can.
 * @param isHttpAllowed for a console of the operator's own network
 */
export function linkPatternFault(
  pattern: string,
  place: LinkPlace,
  isHttpAllowed = false,
): string | undefined {
  const holder = `{${place}}`;
  const rest = pattern.replace(holder, '');
  if (!pattern.includes(holder) || /[{}]/.test(rest))
    return `needs ${holder} once, and no other { or }`;
  if (pattern.length > lengthMax) return `is longer than ${lengthMax} characters`;
  const host = /^https?:\/\/[^/?#]*/i.exec(pattern)?.[0];
  if (host === undefined) return `is no ${isHttpAllowed ? 'https or http' : 'https'} address`;
  if (host.includes(holder)) return `has ${holder} in its host`;
  if (!isHttpAllowed && !/^https:/i.test(host)) return 'is no https address';
  const read = readWebUrl(pattern.replace(holder, '1'));
  return 'fault' in read ? read.fault : undefined;
}

/** The setting `event_link` of a source whose items people can look at. */
export const eventLink = z
  .string()
  .superRefine((text, context) => {
    const fault = linkPatternFault(text, 'id', true);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  })
  .optional()
  .describe('Where an item is shown, with {id} for its id.');

/**
 * The front page of the console that a link to one of its events leads to: what stands before the
 * event's own `#/events/17001`, `events/17001` or `events?id=17001`. So a console below a path of
 * its host keeps that path.
 * @param link an http or https address
 */
export function frontPageOf(link: string): string {
  const { origin, pathname, search, hash } = new URL(link);
  if (/\d/.test(hash) || (search === '' && pathname.endsWith('/'))) return origin + pathname;
  const [, ...kept] = pathname.split('/').slice(0, search === '' ? -2 : -1);
  return `${[origin, ...kept].join('/')}/`;
}

/** @param value of letters, digits, `.` and `/` alone: it ends nothing that it may stand in */
export function filledLink(pattern: string, place: LinkPlace, value: string): string {
  return pattern.replace(`{${place}}`, () => value);
}
