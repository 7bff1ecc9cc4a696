// The HTML of an e-mail on a desktop and a phone, in light and dark: nothing is wider than the
// screen, and no short word of a digest's rows is broken. With PICTURES it writes a picture of each.
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locales } from '../../src/kit/locale.ts';
import { htmlOf } from '../../src/sinks/email/html.ts';
import { desktop, messageFor, phone } from './channel.ts';
import { Chromium, missing } from './chromium.ts';
import { digests, events, notices, type Said } from './said.ts';

const { PICTURES: folder } = process.env;
const said = [...events, ...digests, ...notices].filter(({ kind }) =>
  /severity 5|script of|Thai|10 kB|digest of (?:200|a storm)|source_rejected|absent/.test(kind),
);
const screens = [desktop, phone].flatMap((screen) =>
  [false, true].map((isDark) => ({ ...screen, isDark })),
);

describe.skipIf(missing !== undefined)(`an e-mail in ${missing ?? 'a browser'}`, () => {
  let browser: Chromium;
  let server: Server;
  let html = '';

  beforeAll(async () => {
    browser = await Chromium.start();
    server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function show({ event }: Said, locale: 'en' | 'th', screen: (typeof screens)[0]) {
    const sink = { limits: { total: 100_000, value: 10_000 }, can: { table: true } } as const;
    html = htmlOf(messageFor(sink, event, { locale }).card);
    await browser.setScreen(screen);
    await browser.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  it.each(screens)('fits a screen of $width px (dark: $isDark), in its colours', async (screen) => {
    const { width, isDark } = screen;
    for (const locale of locales) {
      for (const one of said) {
        await show(one, locale, screen);
        const [wide, background] = await browser.value<[number, string]>(
          '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
        );
        expect(wide, `${one.kind} (${locale})`).toBeLessThanOrEqual(width);
        expect(background).toBe(isDark ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)');
        if (folder === undefined) continue;
        const into = join(folder, `email-${width}-${isDark ? 'dark' : 'light'}`);
        mkdirSync(into, { recursive: true });
        const name = `${locale}-${one.kind}`.replace(/[^A-Za-z0-9]+/g, '-');
        await browser.picture(join(into, `${name}.png`));
      }
    }
  });

  it.each(screens)('breaks no number of a row at $width px (dark: $isDark)', async (screen) => {
    await show(digests.at(-1)!, 'th', screen);
    const broken = await browser.value(
      `[...document.querySelectorAll('.rows td:last-child a')].filter((one) => one.getClientRects().length > 1).length`,
    );
    expect(broken).toBe(0);
  });

  it.each(screens)('breaks no word of a label at $width px (dark: $isDark)', async (screen) => {
    const everything = events.find(({ kind }) => /severity 5/.test(kind))!;
    await show(everything, 'en', screen);
    const broken = await browser.value(`[...document.querySelectorAll('th')].flatMap((label) => {
      const text = label.firstChild;
      return [...text.data.matchAll(/\\S+/g)].flatMap(({ 0: word, index }) => {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        return range.getClientRects().length > 1 ? [word] : [];
      });
    })`);
    expect(broken).toEqual([]);
  });
});
