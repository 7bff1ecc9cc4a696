// The page in a real browser: accessible in both themes and on a phone, inert whatever an event
// says, and still where the viewer left it after a refresh. With PICTURES it writes pictures of the
// views into that folder.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { menu } from '../../src/http/page/layout.tsx';
import type { EventBody } from '../../src/kit/event.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { missing } from './chromium.ts';
import { openPages, type Pages } from './pages.ts';

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'] }];
const hash = 'ab'.repeat(32);

/** Everything that an event can say is `text`. */
function bodyOf(text: string): EventBody {
  const process = { name: text, path: text, commandLine: text, user: text };
  return {
    ...{ itemId: text, severityRaw: text, lastAction: text, trigger: text, threatType: text },
    ...{ description: text, comment: text, user: text, target: text, remoteIp: text, link: text },
    device: {
      ...{ id: text, name: text, os: text, osVersion: text, ip: text, mac: text, domain: text },
      ...{ group: text, policy: text, agentVersion: text },
    },
    tenant: { name: text, id: text, provider: text },
    file: { name: text, path: text, script: text, hash: text, type: text, signer: text, size: 1 },
    process,
    parentProcess: process,
    techniques: [{ id: text, name: text, tactic: text }],
  };
}

/** With the number of the newest event. */
async function store(
  db: ReturnType<ReturnType<typeof useDatabase>>,
  events: Parameters<typeof draft>[],
) {
  await storePage(db, { events: events.map((one) => draft(...one)), routes });
  const [row] = await db.$client`select max(id)::text as id from events`;
  return row?.id as string;
}

const hostile = [
  '<img src=x onerror="pwned()"><x-evil></x-evil>',
  '</title></script><script>pwned()</script>',
  '"><svg onload=pwned()>',
  'javascript:pwned()//\'"',
  '\u202Egnp.exe\u2066\u200B',
  '</template></noscript></td></table><x-evil>',
  '&lt;x-evil&gt;&#60;script&#62;',
  '${pwned()}{{7*7}}',
  '\n\r\t\0<!--',
  `${'A'.repeat(20_000)}<x-evil>`,
  'https://evil.example/?a=1',
];

describe.skipIf(missing !== undefined)(`the page in ${missing ?? 'a browser'}`, () => {
  const db = useDatabase();
  let pages: Pages;
  let id: string;
  beforeAll(async () => {
    pages = await openPages(db());
  });
  afterAll(() => pages?.close());
  beforeEach(async () => {
    await pages.browser.setScreen(desktop);
    const body = { itemId: '1', device: { name: 'PC-1' }, file: { name: 'a.exe', hash } };
    id = await store(db(), [
      ['1', { body, severity: 5 }],
      ['2', { severity: 2 }],
    ]);
  });

  const paths = () => [
    ...menu.map(([, path]) => path),
    '/silences/new',
    '/tokens',
    '/numbers',
    `/events/${id}`,
  ];

  test.each([
    ['light', desktop, false],
    ['dark', desktop, true],
    ['dark', phone, true],
    ['light', phone, false],
  ] as const)(
    'axe finds nothing wrong: %s, %o',
    async (name, screen, isDark) => {
      await pages.browser.setScreen({ ...screen, isDark });
      for (const path of paths()) {
        await pages.open(path);
        const type = await pages.value('document.contentType');
        expect([path, type]).toEqual([path, 'text/html']);
        expect([path, await pages.faults()]).toEqual([path, []]);
        expect([path, await pages.noted()]).toEqual([path, []]);
        const width = await pages.value<number>('document.documentElement.scrollWidth');
        expect([path, width]).toEqual([path, screen.width]);
        await picture(pages, `${path.replace(/\W+/g, '_')}-${name}-${screen.width}`, screen);
      }
    },
    180_000,
  );

  test('what goes on now fits one screen', async () => {
    await pages.open('/');
    expect(await pages.value('document.documentElement.scrollHeight')).toBeLessThanOrEqual(900);
  });

  test('a hash leads to its event, by keys alone', async () => {
    await pages.open('/');
    await press(pages, '/');
    expect(await pages.value('document.activeElement.type')).toBe('search');
    await pages.value(`document.activeElement.value = '${hash}', undefined`);
    await pages.value('document.activeElement.form.requestSubmit()');
    await pages.until('location.search.includes("hash=") && document.readyState === "complete"');
    await press(pages, 'j');
    await press(pages, 'Enter');
    await pages.until('location.pathname.startsWith("/events/")');
    await pages.until('document.querySelector("button.copy:not([hidden])")');
    expect(await pages.value('document.querySelector("main").textContent')).toContain(hash);
  });

  test('on a phone the menu shows the view that is open', async () => {
    await pages.browser.setScreen(phone);
    await pages.open('/status');
    const right = 'document.querySelector("header [aria-current]").getBoundingClientRect().right';
    expect(await pages.value(right)).toBeLessThanOrEqual(phone.width);
  });

  test('a theme that somebody chose wins over that of the browser', async () => {
    await pages.browser.setScreen({ ...desktop, isDark: true });
    const ground = 'getComputedStyle(document.documentElement).backgroundColor';
    const grounds: string[] = [];
    for (const theme of ['light', 'dark', 'auto']) {
      await pages.open(`/?theme=${theme}`);
      grounds.push(await pages.value(ground));
    }
    const dark = 'rgb(18, 20, 23)';
    expect(grounds).toEqual(['rgb(246, 246, 243)', dark, dark]);
  });

  test('a question mark says which keys there are', async () => {
    await pages.open('/events');
    await press(pages, '?');
    expect(await pages.value('document.getElementById("help").open')).toBe(true);
    await press(pages, '?');
    expect(await pages.value('document.getElementById("help").open')).toBe(false);
  });

  test('times are in the zone of the viewer, with UTC beside', async () => {
    await pages.open('/events');
    const [shown, title] = await pages.value<[string, string]>(
      '(({ textContent, title }) => [textContent, title])(document.querySelector("main time"))',
    );
    expect(shown).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(title).toMatch(/ UTC$/);
  });

  test('a refresh leaves the viewer where they are', async () => {
    await pages.open('/silences');
    await pages.value('main.append(document.createElement("x-old"))');
    await pages.value('refresh()');
    expect(await pages.value('main.querySelector("x-old")')).toBe(null);
    await pages.value('getSelection().selectAllChildren(main)');
    await pages.value('main.append(document.createElement("x-old"))');
    await pages.value('refresh()');
    expect(await pages.value('main.querySelector("x-old") !== null')).toBe(true);
  });

  test('a refresh waits for a form that somebody has begun to fill in', async () => {
    await pages.open('/');
    await pages.value('main.querySelector("input").value = "half a word"; main.focus()');
    await pages.value('refresh()');
    expect(await pages.value('main.querySelector("input").value')).toBe('half a word');
  });

  test('a refresh keeps the row that has the focus, and the place on the screen', async () => {
    await pages.browser.setScreen({ width: 390, height: 300 });
    await pages.open('/');
    await press(pages, 'j');
    await press(pages, 'j');
    const place = `(() => {
      const row = document.activeElement.closest('tr');
      return [row.dataset.key, Math.round(row.getBoundingClientRect().top)];
    })()`;
    const before = await pages.value(place);
    await pages.value('document.querySelector(".tiles").append(document.createElement("li"))');
    await pages.value('refresh()');
    expect(await pages.value(place)).toEqual(before);
  });

  test('whatever an event says, the page only shows it', async () => {
    const texts = fc.array(fc.oneof(fc.constantFrom(...hostile), fc.string()), {
      ...{ minLength: 1, maxLength: 3 },
    });
    await fc.assert(
      fc.asyncProperty(texts, async (parts) => {
        const text = parts.join('').replaceAll('\0', '');
        const own = await store(db(), [
          [
            `h${Math.random()}`,
            {
              ...{ body: bodyOf(text), type: text.slice(0, 200), status: text, action: text },
              ...{ subject: text.slice(0, 200), raw: JSON.stringify({ text, [text]: [text] }) },
            },
          ],
        ]);
        for (const path of [
          '/events',
          `/events/${own}`,
          `/events?text=${encodeURIComponent(text.slice(0, 200).trim() || 'x')}`,
        ]) {
          await pages.open(path);
          expect([path, await pages.noted()]).toEqual([path, []]);
          expect([path, await strange(pages)]).toEqual([path, []]);
        }
      }),
      { numRuns: 12, examples: hostile.map((one) => [[one]] as [string[]]) },
    );
  }, 180_000);

  test('the live view only shows it, too', async () => {
    await pages.open('/live');
    await pages.until('document.getElementById("live-state").textContent === "Watching."');
    for (const [n, text] of hostile.entries())
      await store(db(), [
        [
          `l${n}`,
          {
            body: bodyOf(text.replaceAll('\0', '')),
            type: text.slice(0, 200).replaceAll('\0', ''),
          },
        ],
      ]);
    await pages.until(`document.querySelectorAll("#live tbody tr").length >= ${hostile.length}`);
    expect(await pages.noted()).toEqual([]);
    expect(await strange(pages)).toEqual([]);
    expect(await pages.value('document.querySelector("#live").textContent')).toContain('\\u{202E}');
    expect(await pages.faults()).toEqual([]);
    await picture(pages, 'live', desktop);
  }, 60_000);

  test('while the live view is paused, nothing moves, and nothing is lost', async () => {
    await pages.open('/live');
    await pages.until('document.getElementById("live-state").textContent === "Watching."');
    const rows = 'document.querySelectorAll("#live tbody tr").length';
    await pages.value('document.getElementById("live-pause").click()');
    const before = await pages.value(rows);
    const newest = await store(db(), [
      ['p1', {}],
      ['p2', {}],
    ]);
    await pages.until(`waiting.some((row) => row.dataset.key === "${newest}")`);
    expect(await pages.value(rows)).toBe(before);
    const count = await pages.value<number>('waiting.length');
    expect(count).toBeGreaterThan(1);
    expect(await pages.value('document.getElementById("live-pause").textContent')).toContain(
      String(count),
    );
    await pages.value('document.getElementById("live-pause").click()');
    expect(await pages.value(rows)).toBe(Number(before) + count);
    expect(await pages.value('document.querySelector("#live tbody tr").dataset.key')).toBe(newest);
  }, 60_000);
});

/** What only an event could have put there. */
function strange(pages: Pages): Promise<string[]> {
  return pages.value(`[...document.querySelectorAll('*')].flatMap((element) => {
    const { localName, attributes } = element;
    const isOurs = !['x-evil', 'iframe', 'object', 'embed', 'base', 'link', 'meta', 'style']
      .includes(localName) || element.closest('head') !== null;
    const wrong = [...attributes].filter(({ name, value }) =>
      /^on|^style$|^srcdoc$/.test(name) ||
      (/^(href|src|action|formaction)$/.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value)));
    const own = localName === 'script' && !element.src ? ['script'] : [];
    const image = localName === 'img' && !element.closest('.brand') ? ['img'] : [];
    return [...(isOurs ? [] : [localName]), ...own, ...image, ...wrong.map(({ name }) => localName + ' ' + name)];
  })`);
}

function press(pages: Pages, key: string): Promise<unknown> {
  const init = JSON.stringify({ key, bubbles: true, cancelable: true });
  return pages.value(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', ${init}))`);
}

async function picture(pages: Pages, name: string, { width, height }: typeof desktop) {
  const folder = process.env.PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await pages.browser.picture(join(folder, `${name}.png`), { x: 0, y: 0, width, height });
}
