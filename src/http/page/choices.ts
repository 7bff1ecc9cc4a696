// Language and theme: chosen by a link, kept in a cookie, else as the browser and the service say.
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { type Locale, locales } from '../../kit/locale.ts';
import type { Theme } from './visit.ts';
import { acceptedLocale } from './words/index.ts';

const themes: readonly Theme[] = ['auto', 'light', 'dark'];
const year = 31_536_000;

export interface Choices {
  readonly locale: Locale;
  readonly theme: Theme;
}

/** @param fallback the language of the service */
export function choicesOf(c: Context, fallback: Locale): Choices {
  const asked = acceptedLocale(c.req.header('accept-language'));
  return {
    locale: choice(c, 'lang', locales) ?? asked ?? fallback,
    theme: choice(c, 'theme', themes) ?? 'auto',
  };
}

function choice<Word extends string>(
  c: Context,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const known = (text: string | undefined) => words.find((word) => word === text);
  const asked = known(c.req.query(name));
  if (asked === undefined) return known(getCookie(c, `tocsin_${name}`));
  setCookie(c, `tocsin_${name}`, asked, { path: '/', maxAge: year, sameSite: 'Lax' });
  return asked;
}
