// What stands around every view: the head, the menu, who is signed in, and the choices of language
// and theme.
import { locales } from '../../kit/locale.ts';
import type { AssetAddresses } from './assets.ts';
import { withField } from './parts/table.tsx';
import { Time } from './parts/text.tsx';
import { nobody, type Shown, type Visit } from './visit.ts';
import { type Words, words } from './words/index.ts';

/** In the order of use. The letter goes there behind `g`. */
export const menu = [
  ['now', '/', 'n'],
  ['events', '/events', 'e'],
  ['incidents', '/incidents', 'o'],
  ['deliveries', '/deliveries', 'd'],
  ['dead', '/dead', 'x'],
  ['sinks', '/sinks', 's'],
  ['silences', '/silences', 'i'],
  ['routes', '/routes', 'r'],
  ['live', '/live', 'l'],
  ['audit', '/audit', 'a'],
  ['status', '/status', 't'],
] as const;

/** What the layout needs of a visit. */
type Around = Omit<Visit, 'operate' | 'known' | 'snoozeMaxMs'>;

/** The whole page. @param assets addresses of its own files */
export async function documentOf(
  visit: Around,
  shown: Shown,
  assets: AssetAddresses,
): Promise<string> {
  return `<!doctype html>${await layout(visit, shown, assets)}`;
}

function layout(
  visit: Around,
  { title, body, refreshSeconds, script }: Shown,
  assets: AssetAddresses,
) {
  const { locale, theme, words: own } = visit;
  return (
    <html lang={locale} data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${own.product}`}</title>
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.css} />
        <script src={assets.script} defer></script>
        {script && <script src={assets[script]} defer></script>}
      </head>
      <body>
        <a class="skip" href="#main">
          {own.shell.skip}
        </a>
        <header>
          <a class="brand" href="/">
            <img src={assets.icon} alt="" width="20" height="20" /> {own.product}
          </a>
          {visit.actor === nobody ? '' : navigation(visit)}
        </header>
        <main id="main" tabindex={-1} data-refresh={refreshSeconds}>
          {said(visit)}
          {body}
        </main>
        <footer>{footer(visit)}</footer>
        {help(visit)}
        <div id="said" role="status" aria-live="polite"></div>
      </body>
    </html>
  );
}

/** What else belongs to a view of the menu. */
const below: Readonly<Record<string, string>> = { '/sinks': '/sources', '/status': '/tokens' };

function isAt({ pathname }: URL, path: string): boolean {
  if (path === '/') return pathname === '/';
  const paths = [path, below[path] ?? path];
  return paths.some((one) => pathname === one || pathname.startsWith(`${one}/`));
}

function footer({ actor, words: own, url, theme, version, locale }: Around) {
  const { shell } = own;
  return (
    <>
      {actor === nobody ? '' : signedIn(actor, own)}
      <p>
        <span>{shell.languages}:</span>
        {locales.map((one) =>
          one === locale ? (
            <strong>{words[one].language}</strong>
          ) : (
            <a href={withField(url, 'lang', one)} lang={one}>
              {words[one].language}
            </a>
          ),
        )}
        <span>{shell.theme}:</span>
        {(['auto', 'light', 'dark'] as const).map((one) =>
          one === theme ? (
            <strong>{shell.themes[one]}</strong>
          ) : (
            <a href={withField(url, 'theme', one)}>{shell.themes[one]}</a>
          ),
        )}
      </p>
      <p id="refreshed" hidden>
        <span>
          {shell.refreshed} <Time at={new Date().toISOString()} />
        </span>
        <button type="button" class="link" data-pause={shell.pause} data-resume={shell.resume}>
          {shell.pause}
        </button>
      </p>
      <p class="quiet">
        <span data-zone={shell.zone}>{shell.utc}</span>{' '}
        <span>
          {own.product} {version}
        </span>{' '}
        <a href="/api/v1/openapi.json">API</a>
        <a href="/metrics">metrics</a>
      </p>
    </>
  );
}

/** Behind the key `?`. */
function help({ words: { shell, nav } }: Around) {
  const rows = [
    ['/', shell.help.search],
    ['j k', shell.help.rows],
    ['Enter', shell.help.open],
    ...menu.map(([name, , key]) => [`g ${key}`, nav[name]] as const),
    ['?', shell.help.this],
  ] as const;
  return (
    <dialog id="help" aria-labelledby="help-title">
      <h2 id="help-title">{shell.help.title}</h2>
      <dl>
        {rows.map(([key, text]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </>
        ))}
      </dl>
      <p>
        <button type="button" data-closes="">
          {shell.help.close}
        </button>
      </p>
    </dialog>
  );
}

/** What an act came to, after the browser was sent here. */
function said({ notice, words: own }: Around) {
  if (notice === undefined) return null;
  return (
    <p class="notice" role="status">
      {own.done[notice.act].replace('{n}', String(notice.count ?? '?'))}
    </p>
  );
}

function signedIn({ name, role }: Visit['actor'], { shell, roles }: Words) {
  return (
    <p>
      {shell.signedInAs} <bdi>{name}</bdi> ({roles[role]})
      {name === 'loopback' ? (
        <a href="/login">{shell.signIn}</a>
      ) : (
        <form method="post" action="/logout">
          <button class="link" type="submit">
            {shell.signOut}
          </button>
        </form>
      )}
    </p>
  );
}

function navigation({ url, words: own }: Around) {
  return (
    <nav aria-label={own.nav.label}>
      <ul>
        {menu.map(([name, path, key]) => (
          <li>
            <a href={path} data-go={key} aria-current={isAt(url, path) ? 'page' : undefined}>
              {own.nav[name]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
