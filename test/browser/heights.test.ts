// How high a card is where it is read: on a desktop and on a phone, in both languages. With HEIGHTS
// it writes the table to that file, with PICTURES a picture of each card into that folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locales } from '../../src/kit/locale.ts';
import type { CardStyle } from '../../src/sinks/mattermost/render.ts';
import {
  type Channel,
  desktop,
  everyRemark,
  everyState,
  openChannel,
  paneHeights,
  phone,
  postOfEvent,
} from './channel.ts';
import { missing } from './chromium.ts';
import { digests, events, notices } from './said.ts';

const { HEIGHTS: tableFile, PICTURES: folder } = process.env;
const screens = { desktop, phone } as const;
// `full` is for whoever wants it, however high.
const styles: readonly CardStyle[] = tableFile === undefined ? ['compact'] : ['compact', 'full'];

const { held: _held, ...remarks } = everyRemark;
const remarked = { ...remarks, mention: '@soc-night-shift @soc' } as const;
/** How a message may come, without and with everything that is true of its delivery. */
const ways = {
  usual: {},
  'every remark': remarked,
  short: { form: 'short' },
  'short, every remark': { ...remarked, form: 'short' },
  bare: { form: 'bare' },
  'bare, every remark': { ...remarked, form: 'bare' },
  'open, everything': { ...remarked, ...everyState.open, hasButtons: true },
  'acknowledged, everything': { ...remarked, ...everyState.acknowledged, hasButtons: true },
  'snoozed, everything': { ...remarked, ...everyState.snoozed, hasButtons: true },
  'resolved, everything': { ...remarked, ...everyState.resolved, hasButtons: true },
} as const;
type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as Way[];
const isRemarked = (way: Way) => /every(?:thing| remark)$/.test(way);
const withoutRemarks = wayNames.filter((way) => !isRemarked(way));
const withEverything = wayNames.filter((way) => way.endsWith('everything'));

interface Measured {
  readonly group: 'event' | 'digest' | 'notice';
  readonly kind: string;
  readonly locale: string;
  readonly style: CardStyle;
  readonly way: Way;
  readonly desktop: number;
  readonly phone: number;
}

describe.skipIf(missing !== undefined)(`the height of cards (${missing ?? 'Chromium'})`, () => {
  const measured: Measured[] = [];
  let channel: Channel;

  beforeAll(async () => {
    for (const [style, way] of styles.flatMap((style) =>
      wayNames.map((way) => [style, way] as const),
    )) {
      // The page shows only the last of many posts.
      await channel?.close();
      channel = await openChannel();
      const cases = locales.flatMap((locale) =>
        Object.entries({ event: events, digest: digests, notice: notices }).flatMap(
          ([group, said]) => said.map((one) => ({ group, style, locale, way, one })),
        ),
      );
      for (const { group, one, locale } of cases) {
        // Only an event can have been held.
        const held = group === 'event' && { held: everyRemark.held };
        const settings = { locale, style, ...ways[way], ...(isRemarked(way) && held) };
        await channel.post(postOfEvent(one.event, settings));
      }
      const heights = { desktop: [] as number[], phone: [] as number[] };
      for (const name of ['desktop', 'phone'] as const) {
        await channel.show(screens[name]);
        heights[name] = await channel.heights();
        expect(heights[name]).toHaveLength(cases.length);
        if (folder !== undefined) {
          const names = cases.map(({ one, locale }) => `${style}-${locale}-${way}-${one.kind}`);
          await takePictures(channel, join(folder, name), names);
        }
      }
      for (const [index, { group, one, locale }] of cases.entries()) {
        const [onDesktop, onPhone] = [heights.desktop[index]!, heights.phone[index]!];
        const of = { group, kind: one.kind, locale, style, way } as Measured;
        measured.push({ ...of, desktop: onDesktop, phone: onPhone });
      }
    }
    if (tableFile !== undefined) writeFileSync(tableFile, tableOf(measured));
  }, 600_000);
  afterAll(() => channel?.close());

  /** What is higher than it may be, in words. */
  const above = (
    group: Measured['group'],
    asked: readonly Way[],
    max: { desktop: number; phone: number },
  ) =>
    measured
      .filter((one) => one.group === group && one.style === 'compact' && asked.includes(one.way))
      .filter((one) => one.desktop > max.desktop || one.phone > max.phone)
      .map(
        ({ kind, locale, way, ...one }) =>
          `${kind} (${locale}, ${way}): ${one.desktop}, ${one.phone} px`,
      );

  it('is at most 400 px on a desktop, and one screen of a phone, for each of forty events', () => {
    expect(events.length).toBeGreaterThanOrEqual(40);
    const isFlood = (line: string) => line.startsWith('10 kB');
    const [usual, all] = [withoutRemarks, wayNames].map((asked) =>
      above('event', asked, { desktop: 400, phone: paneHeights.phone }),
    );
    expect(usual).toEqual([]);
    expect(all!.filter((line) => !isFlood(line))).toEqual([]);
    expect(above('event', withEverything, { desktop: 400, phone: paneHeights.phone })).toEqual([]);
    // Two lines more where texts of 10 kB and all that can be remarked come together.
    expect(above('event', wayNames, { desktop: 440, phone: paneHeights.phone })).toEqual([]);
  });

  it('is at most 600 px for a digest, on either screen, and a screen with every remark', () => {
    expect(above('digest', withoutRemarks, { desktop: 600, phone: 600 })).toEqual([]);
    expect(above('digest', wayNames, { desktop: 600, phone: paneHeights.phone })).toEqual([]);
  });

  it('is at most half a screen for what Tocsin says of itself, and a screen with every remark', () => {
    expect(above('notice', withoutRemarks, { desktop: 300, phone: 400 })).toEqual([]);
    expect(above('notice', wayNames, { desktop: 400, phone: paneHeights.phone })).toEqual([]);
  });
});

async function takePictures({ browser }: Channel, into: string, names: readonly string[]) {
  mkdirSync(into, { recursive: true });
  for (const [index, name] of names.entries()) {
    const place = await browser.value<{ x: number; y: number; width: number; height: number }>(
      `(() => {
        const all = [...document.querySelectorAll('.post')];
        for (const post of all) post.hidden = true;
        all[${index}].hidden = false;
        const { x, y, width, height } = all[${index}].getBoundingClientRect();
        return { x, y, width, height };
      })()`,
    );
    await browser.picture(join(into, `${name.replace(/[^A-Za-z0-9]+/g, '-')}.png`), place);
  }
}

function tableOf(all: readonly Measured[]): string {
  const lines = all.map(
    ({ kind, locale, style, way, ...one }) =>
      `| ${kind} | ${locale} | ${style} | ${way} | ${one.desktop} | ${one.phone} |\n`,
  );
  return `| Card | Language | card: | How | Desktop, px | Phone, px |\n| --- | --- | --- | --- | ---: | ---: |\n${lines.join('')}`;
}
