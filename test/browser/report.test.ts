// A weekly report in a channel is read without scrolling, on a desktop and on a phone, in each
// language. With PICTURES it writes a picture of each into that folder.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locales } from '../../src/kit/locale.ts';
import type { Report, ReportWeek } from '../../src/kit/report.ts';
import { storedEvent } from '../support/events.ts';
import { type Channel, desktop, openChannel, paneHeights, phone, postOfEvent } from './channel.ts';
import { missing } from './chromium.ts';

const { PICTURES: folder } = process.env;
const screens = { desktop, phone } as const;
const spread = (count: number, medianSeconds: number, p90Seconds: number) => ({
  ...{ count, medianSeconds, p90Seconds },
});
const week: ReportWeek = {
  ...{ events: 412, open: 9, isCut: false },
  severities: [
    { severity: 5, events: 3, open: 0 },
    { severity: 4, events: 21, open: 1 },
    { severity: 3, events: 96, open: 3 },
    { severity: 2, events: 292, open: 5 },
  ],
  screen: spread(412, 2.4, 9.8),
  acknowledge: spread(118, 260, 3_400),
  resolve: spread(97, 5_600, 61_000),
};
const report: Report = {
  ...{ from: '2026-11-23', until: '2026-11-29', week, dead: 2 },
  before: {
    ...week,
    events: 388,
    screen: spread(388, 2.1, 6),
    acknowledge: spread(90, 410, 7_000),
  },
  device: { name: 'BKK-FILESRV-02', messages: 88, saved: 87 },
  route: { name: 'night-shift', messages: 230, saved: 171 },
};
const days = { from: report.from, until: report.until };
const rest = { source: 'tocsin', stream: 'notice', type: 'REPORT', severity: 1 } as const;
const values = { ...days, count: '412', before: '388', open: '9' };
const whole = storedEvent({ ...rest, body: { notice: { kind: 'report', values }, report } });
const empty = storedEvent({ ...rest, body: { notice: { kind: 'report_empty', values: days } } });

describe.skipIf(missing !== undefined)(`a weekly report in ${missing ?? 'a browser'}`, () => {
  let channel: Channel;

  beforeAll(async () => {
    channel = await openChannel();
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
  });
  afterAll(() => channel?.close());

  it.each(locales)('fits on a screen, and an empty one takes two lines, in %s', async (locale) => {
    await channel.post(postOfEvent(whole, { locale, style: 'compact' }));
    await channel.post(postOfEvent(empty, { locale, style: 'compact' }));
    for (const name of ['desktop', 'phone'] as const) {
      await channel.show(screens[name]);
      const [full = 0, short = 0] = (await channel.heights()).slice(-2);
      expect([name, full]).toEqual([name, Math.min(full, paneHeights[name])]);
      expect(short).toBeLessThan(full / 2);
      if (folder !== undefined)
        await channel.browser.picture(join(folder, `report-${locale}-${name}.png`));
    }
  });
});
