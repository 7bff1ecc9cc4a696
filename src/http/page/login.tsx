// The form by which a browser signs in, in the look of the page.
import type { Locale } from '../../kit/locale.ts';
import type { LoginPage } from '../identity/index.ts';
import { createAssets } from './assets.ts';
import { choicesOf } from './choices.ts';
import { documentOf } from './layout.tsx';
import { strangerIn } from './refused.ts';
import { nobody } from './visit.ts';
import { words } from './words/index.ts';

export interface LoginPageDependencies {
  readonly version: string;
  /** For visitors who have chosen none. */
  locale(): Locale;
}

/** @throws {Error} a file of the page is missing */
export function createLoginPage({ version, locale }: LoginPageDependencies): LoginPage {
  const { addresses } = createAssets();
  return async (c, { next, stranger, hasOidc }) => {
    const choices = choicesOf(c, locale());
    const own = words[choices.locale];
    const visit = { ...choices, actor: nobody, words: own, version, url: new URL(c.req.url) };
    const body = (
      <section class="panel sign-in">
        <h1>{own.login.title}</h1>
        {stranger === null ? (
          ''
        ) : (
          <p class="notice bad" role="alert">
            {strangerIn(choices.locale, stranger)}
          </p>
        )}
        {hasOidc ? (
          <p>
            <a class="button" href={`/login/oidc?next=${encodeURIComponent(next)}`}>
              {own.login.oidc}
            </a>
          </p>
        ) : (
          ''
        )}
        <form method="post" action="/login">
          <p class="field">
            <label for="token">{own.login.token}</label>
            <input
              id="token"
              type="password"
              name="token"
              required
              autocomplete="current-password"
            />
          </p>
          <p class="quiet">{own.login.hint}</p>
          <input type="hidden" name="next" value={next} />
          <button type="submit" class="primary">
            {own.login.title}
          </button>
        </form>
      </section>
    );
    return c.html(await documentOf(visit, { title: own.login.title, body }, addresses));
  };
}
