// The page of the simulated channel does in a browser what the real client does: texts fold, fields
// never do, and the search finds words of texts alone. With PICTURES it writes the picture of the
// README into that folder.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Channel, desktop, openChannel, paneHeights, phone, postOfEvent } from './channel.ts';
import { missing } from './chromium.ts';
import { events } from './said.ts';

const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n}`).join('\n');

describe.skipIf(missing !== undefined)(`a channel in ${missing ?? 'a browser'}`, () => {
  let channel: Channel;
  const value = <Value>(expression: string) => channel.browser.value<Value>(expression);
  const heightOf = (selector: string) =>
    value<number>(`document.querySelector(${JSON.stringify(selector)}).offsetHeight`);

  beforeAll(async () => {
    channel = await openChannel();
    const fields = Array.from({ length: 40 }, (_, n) => ({ title: `f${n}`, value: 'needle' }));
    await channel.post({ text: lines(100) });
    await channel.post({
      text: 'a message',
      attachments: [{ text: `haystack\n${lines(30)}`, fields }],
    });
    await channel.post({ text: '<b>Ransomware</b> on `PC-1`' });
  });
  afterAll(() => channel?.close());

  it.each([
    ['desktop', desktop],
    ['phone', phone],
  ] as const)(
    'has the room of a real %s for messages, and shows the newest',
    async (name, screen) => {
      await channel.show(screen);
      const seen = await value(
        '(({ clientHeight, scrollTop, scrollHeight }) => [clientHeight, scrollHeight - scrollTop])(document.querySelector(".log"))',
      );
      expect(seen).toEqual([paneHeights[name], paneHeights[name]]);
    },
  );

  it('folds a message at 600 px and the text of an attachment at 200, until somebody wants more', async () => {
    await channel.show(desktop);
    expect(await heightOf('.body > .text')).toBe(600);
    expect(await heightOf('.attachment > .text')).toBe(200);
    await value('document.querySelector(".attachment .more").click()');
    expect(await heightOf('.attachment > .text')).toBe(31 * 20);
  });

  it('never folds fields', async () => {
    expect(await heightOf('.attachment > .fields')).toBeGreaterThan(40 * 40);
  });

  it.each([
    ['haystack', 1],
    ['RANSOM pc-1', 1],
    ['line', 2],
    ['needle', 0],
    ['', 3],
  ])('finds "%s" in %i of three messages', async (words, hits) => {
    const seen = await value(`(() => {
      const box = document.querySelector('.search');
      box.value = ${JSON.stringify(words)};
      box.dispatchEvent(new Event('input'));
      return [...document.querySelectorAll('.post')].filter((post) => post.offsetHeight > 0).length;
    })()`);
    expect(seen).toBe(hits);
  });

  it('shows a card and what happened before it, whole, on one screen', async () => {
    const command = 'SCRIPT_CONTROL_COMMAND POWERSHELL_INTERACTIVE_EXECUTION';
    const kinds = ['CREDENTIAL_DUMP', command, 'everything, severity 5'];
    for (const kind of kinds) {
      const { event } = events.find((one) => one.kind === kind)!;
      await channel.post(postOfEvent(event, { locale: 'en', style: 'compact' }));
    }
    await channel.show(desktop);
    const heights = await channel.heights();
    expect(heights.at(-1)! + heights.at(-2)!).toBeLessThan(2 * paneHeights.desktop);
    const { PICTURES: folder } = process.env;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await channel.browser.picture(join(folder, 'channel.png'));
  });
});
