// What an act came to, for the page to which the browser is sent: said once, and never by an address,
// which anybody can make up.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { DoneName, Notice } from './visit.ts';
import { words } from './words/index.ts';

const name = 'tocsin_notice';
const path = '/';
/** Longer than a redirect takes. */
const maxAge = 60;

export function keepNotice(c: Context, { act, count }: Notice): void {
  const value = count === undefined ? act : `${act}.${count}`;
  setCookie(c, name, value, { path, maxAge, httpOnly: true, sameSite: 'Strict' });
}

/** Undefined if there is none, or none that this release knows. */
export function takeNotice(c: Context): Notice | undefined {
  const kept = getCookie(c, name);
  if (kept === undefined) return undefined;
  deleteCookie(c, name, { path });
  const [act = '', count] = kept.split('.');
  if (!Object.hasOwn(words.en.done, act) || !/^\d{0,9}$/.test(count ?? '')) return undefined;
  return { act: act as DoneName, ...(count && { count: Number(count) }) };
}
