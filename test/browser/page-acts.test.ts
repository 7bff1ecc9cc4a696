// People act on the page in a real browser: signed in by the form, by forms as a browser sends them,
// by keys alone, and without scripts. With PICTURES it writes pictures of what they see into that
// folder, in each language and width.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SilenceReader } from '../../src/core/silences/reader.ts';
import { createIdentity } from '../../src/http/identity/index.ts';
import { menu } from '../../src/http/page/layout.tsx';
import { words } from '../../src/http/page/words/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { locales } from '../../src/kit/locale.ts';
import type { Permission } from '../../src/kit/records/audit.ts';
import { signInOn } from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import { readControls } from '../../src/store/controls.ts';
import { loginPage, makeToken, plainAccess } from '../http/identity/visiting.ts';
import { draft, drafts, quiet, storePage, useDatabase } from '../store/stored.ts';
import { missing } from './chromium.ts';
import { openPages, type Pages } from './pages.ts';

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const hash = 'cd'.repeat(32);
const lowOnly = '- { name: low, match: { types: [STATIC_ANALYSIS] }, to: [soc] }';

describe.skipIf(missing !== undefined)(`acting on the page in ${missing ?? 'a browser'}`, () => {
  const db = useDatabase();
  let pages: Pages;
  const text = () => pages.value<string>('document.querySelector("main").innerText');
  const said = () => pages.value<string>('document.querySelector("main [role=status]").innerText');
  const where = () => pages.value<string>('location.pathname + location.search');
  const noted = async () =>
    (await listAudit(db(), { limit: 20 }))
      .filter(({ via, operation }) => via === 'page' && !operation.startsWith('session-'))
      .map(({ actor, operation }) => `${actor} ${operation}`);
  const statesOf = async () =>
    (
      await db().$client`select state, count(*)::int as n from deliveries group by 1 order by 1`
    ).map(({ state, n }) => `${n} ${state}`);
  const pausedNow = async () =>
    (await readControls(db())).filter(({ pause }) => pause !== null).map(({ name }) => name);

  beforeAll(async () => {
    const http = createHttpClient();
    const { identify, signInRoutes } = createIdentity({
      loginPage,
      access: () => plainAccess,
      signIn: () => signInOn(db()),
      http: () => http,
      onFailure: (what, error) => console.error(what, error),
    });
    const onFailure = (view: string, error: unknown) => console.error(view, error);
    pages = await openPages(db(), { identify, signInRoutes, onFailure });
  });
  afterAll(() => pages?.close());
  beforeEach(async () => {
    await pages.browser.setScripts(true);
    await pages.browser.setScreen(desktop);
  });

  /** @param name of a button or a link, as it shows it */
  const click = (name: string) =>
    pages.browser.follow(() =>
      pages.value(`[...document.querySelectorAll('main a, main button')]
        .find(({ textContent }) => textContent === ${JSON.stringify(name)}).click()`),
    );
  async function fill(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      await pages.value(`document.querySelector('main [name="${name}"]').select()`);
      await pages.browser.type(value);
    }
  }
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await pages.browser.press(key);
  };
  const follow = (key: string) => pages.browser.follow(() => pages.browser.press(key));
  async function signIn(role: Permission): Promise<void> {
    const secret = await makeToken(db(), role, role);
    await pages.open('/login');
    await fill({ token: secret });
    await follow('Enter');
    expect(await where()).toBe('/');
  }
  async function die(count: number, reason: string, status: number | null = null) {
    await storePage(db(), { events: drafts(count * 1000, count) });
    await db().$client`
      update deliveries set state = 'dead', reason = ${reason}, finalized_at = now()
      where state = 'pending'`;
    await db().$client`
      insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
      select event_id, sink, 'reject_event', reason, ${status}, 1, 'no' from deliveries
      where reason = ${reason}`;
  }

  test('the event of a hash is found, and says which silence kept it from its sink', async () => {
    await signIn('operate');
    await pages.open('/silences/new');
    await fill({ devices: 'PC-1', for: '2h', reason: 'the pilot of the new agent' });
    await follow('Enter');
    await click('Silence for 2h');
    const body = { itemId: '1', device: { name: 'PC-1' }, file: { name: 'a.exe', hash } };
    await storePage(db(), {
      events: [draft('1', { body, severity: 4 }), ...drafts(2, 3)],
      silences: new SilenceReader(db(), quiet),
    });
    await pages.open('/');
    await pages.value('document.querySelector("main input[type=search]").focus()');
    await pages.browser.type(hash);
    await follow('Enter');
    expect(await where()).toContain(`hash=${hash}`);
    expect(await pages.value('document.querySelectorAll("main tr[data-key]").length')).toBe(1);
    await pages.browser.follow(() =>
      pages.value('document.querySelector("main tr[data-key] a").click()'),
    );
    const delivery = await pages.value<string>(
      'document.querySelector(".delivery[aria-label=soc]").innerText',
    );
    expect(delivery).toContain(words.en.states.suppressed);
    expect(delivery).toContain('token:operate: the pilot of the new agent');
  });

  test('200 dead ones of one reason are put back, and no others', async () => {
    await die(200, 'auth', 401);
    await die(3, 'rejected', 401);
    await signIn('operate');
    await pages.open('/dead');
    const group = 'section[data-key="soc auth 401"]';
    await pages.browser.follow(() =>
      pages.value(`document.querySelector('${group} a[href^="/dead/redrive"]').click()`),
    );
    expect(await statesOf()).toEqual(['203 dead']);
    await click('Put back 200');
    expect([await where(), await said()]).toEqual(['/dead', '200 were put back.']);
    expect(await statesOf()).toEqual(['3 dead', '200 pending']);
    expect(await noted()).toEqual(['token:operate delivery-redrive']);
  });

  test('a silence says what it would have hidden before it is made', async () => {
    await storePage(db(), { events: [...drafts(1, 3), draft(9, { type: 'OTHER', severity: 5 })] });
    await signIn('operate');
    await pages.open('/silences');
    await click(words.en.silences.add);
    await fill({ types: 'STATIC_*', for: '2h', reason: 'a test' });
    await click(words.en.silences.try);
    expect(await text()).toContain('It would have hidden 3 events in the last 7 days.');
    expect(await noted()).toEqual([]);
    await click('Silence for 2h');
    expect(await where()).toBe('/silences');
    expect(await text()).toContain('{"types":["STATIC_*"]}');
    expect(await noted()).toEqual(['token:operate silence-add']);
  });

  test('a sink is paused, and goes on', async () => {
    await storePage(db(), { events: drafts(1, 3) });
    await signIn('operate');
    await pages.open('/sinks/soc');
    await fill({ reason: 'maintenance', for: '2h' });
    await click(words.en.sinks.pause);
    expect(await pausedNow()).toEqual(['sink:soc']);
    await pages.open('/');
    expect(await text()).toContain('Paused by a person');
    await pages.open('/sinks/soc');
    await click('Resume, and send 3');
    expect(await said()).toBe(words.en.done.sinkResumed);
    expect(await pausedNow()).toEqual([]);
    expect(await noted()).toEqual(['token:operate sink-resume', 'token:operate sink-pause']);
  });

  test('a draft says how many messages it makes, and names what nobody would get', async () => {
    const severe = { type: 'OTHER', severity: 4 as const };
    await storePage(db(), { events: [draft(1, severe), draft(2, severe), draft(3)] });
    await signIn('read');
    await pages.open('/routes');
    await click(words.en.routes.draft);
    await fill({ draft: lowOnly });
    await click(words.en.routes.compare);
    expect(await text()).toContain('3 → 1 messages');
    expect(await text()).toContain('2 events would reach nobody any more.');
    expect(await pages.value('document.querySelector("textarea").value')).toBe(lowOnly);
    expect(await noted()).toEqual([]);
  });

  test('by keys alone, a sink is found and paused', async () => {
    await storePage(db(), { events: drafts(1, 3) });
    await signIn('operate');
    await press('g');
    await follow('s');
    await press('j');
    await follow('Enter');
    expect(await where()).toBe('/sinks/soc');
    const focused = 'document.activeElement.name || document.activeElement.textContent';
    for (let tabs = 0; (await pages.value(focused)) !== 'reason'; tabs += 1) {
      expect(tabs).toBeLessThan(30);
      await press('Tab');
    }
    await pages.browser.type('maintenance');
    await press('Tab');
    await pages.browser.type('2h');
    await press('Tab');
    expect(await pages.value(focused)).toBe(words.en.sinks.pause);
    await follow('Enter');
    expect(await pausedNow()).toEqual(['sink:soc']);
  });

  test('without scripts everything but the live view is read, and a sink is paused', async () => {
    await storePage(db(), { events: [draft(1, { body: { itemId: '1', file: { hash } } })] });
    const [row] = await db().$client`select max(id)::text as id from events`;
    await signIn('operate');
    await pages.browser.setScripts(false);
    for (const [name, path] of menu) {
      await pages.open(path);
      expect([path, await pages.value('"refresh" in globalThis')]).toEqual([path, false]);
      expect([path, await text()]).toEqual([path, expect.stringContaining(words.en.nav[name])]);
    }
    await pages.open(`/events?hash=${hash}`);
    await pages.browser.follow(() =>
      pages.value('document.querySelector("main tr[data-key] a").click()'),
    );
    expect(await where()).toBe(`/events/${row?.id}`);
    expect(await text()).toContain(hash);
    await pages.open('/sinks/soc');
    await fill({ reason: 'maintenance', for: '2h' });
    await click(words.en.sinks.pause);
    expect(await pausedNow()).toEqual(['sink:soc']);
  });

  test('who may only look finds no button that acts, and is refused if they send it', async () => {
    await die(3, 'auth', 401);
    await signIn('read');
    const paths = ['/dead', '/dead/redrive', '/dead/drop', '/silences', '/silences/new'];
    const more = ['/sinks/soc', '/sources/a', '/routes', '/routes/draft', '/live', '/status'];
    for (const path of [...paths, ...more, '/silences/new?types=A&for=2h&reason=x']) {
      await pages.open(path);
      const actions = await pages.value<string[]>(
        '[...document.querySelectorAll("main form[method=post]")].map(({ action }) => new URL(action).pathname)',
      );
      // These two compare, and change nothing.
      const own = actions.filter((one) => !['/routes/test', '/routes/draft'].includes(one));
      expect([path, own]).toEqual([path, []]);
    }
    const send = (path: string, form: Readonly<Record<string, string>>) =>
      pages.value<number>(
        `fetch('${path}', { method: 'POST', body: new URLSearchParams(${JSON.stringify(form)}) })
          .then(({ status }) => status)`,
      );
    expect(await send('/sinks/soc/pause', { reason: 'x', for: '2h' })).toBe(403);
    expect(await send('/dead/redrive', { expected: '3' })).toBe(403);
    expect([await statesOf(), await pausedNow(), await noted()]).toEqual([['3 dead'], [], []]);
  });

  test.each(locales)(
    'axe finds nothing wrong where people act: %s',
    async (locale) => {
      const own = words[locale];
      await die(3, 'auth', 401);
      await storePage(db(), { events: drafts(1, 3) });
      await signIn('admin');
      await pages.open(`/?lang=${locale}`);
      const look = async (name: string) => {
        for (const screen of [desktop, phone]) {
          await pages.browser.setScreen(screen);
          expect([name, await pages.faults()]).toEqual([name, []]);
          expect([name, await pages.noted()]).toEqual([name, []]);
          const width = await pages.value<number>('document.documentElement.scrollWidth');
          expect([name, width]).toEqual([name, screen.width]);
          await picture(pages, `${name}-${locale}`, screen.width);
        }
      };
      const paths = ['/dead/redrive?sink=soc&reason=auth', '/dead/drop?sink=soc', '/silences/new'];
      const found = `/silences/new?${new URLSearchParams({ types: 'STATIC_*', for: '2h', reason: 'x' })}`;
      for (const path of [...paths, found, '/sinks/soc', '/sources/a', '/sources/a/reset'])
        await pages.open(path).then(() => look(path.replace(/\W+/g, '_')));
      await pages.open(found);
      await click(own.silences.addNow.replace('{for}', '2h'));
      await look('silence-made');
      for (const name of ['extend', 'end'] as const) {
        await pages.open('/silences');
        await click(own.silences[name]);
        await look(`silence-${name}`);
      }
      await pages.open('/routes/draft');
      await fill({ draft: '- { name: other, match: { types: [OTHER] }, to: [soc] }' });
      await click(own.routes.compare);
      await look('draft-compared');
      await pages.open('/tokens');
      await look('tokens');
      await fill({ name: 'ci' });
      await click(own.tokens.make);
      await look('token-made');
      await pages.open('/sinks/soc');
      await fill({ reason: 'maintenance', for: '2h' });
      await click(own.sinks.pause);
      await look('sink-paused-says');
      await pages.open('/sinks/soc');
      await look('sink-paused');
      await pages.open('/sinks/soc?lang=en');
    },
    180_000,
  );
});

/** The whole page, however long it is. */
async function picture(pages: Pages, name: string, width: number): Promise<void> {
  const folder = process.env.PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const height = await pages.value<number>('document.documentElement.scrollHeight');
  await pages.browser.setScreen({ width, height });
  await pages.browser.picture(join(folder, `${name}-${width}.png`), { x: 0, y: 0, width, height });
}
