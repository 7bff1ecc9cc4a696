// Counts by hour: bars that fit their box, and the same as a table.
import { expect, test } from 'vitest';
import { HourChart } from '../../../../src/http/page/parts/chart.tsx';
import { words } from '../../../../src/http/page/words/index.ts';

const hours = [0, 1, 1_000_000].map((count, n) => ({
  ...{ at: `2026-02-03T0${n}:00:00.000Z`, count, urgent: Math.min(1, count) },
}));

test('what there is can be seen, and nothing is higher than the box', async () => {
  const html = String(await HourChart({ hours, words: words.en }));
  const heights = [...html.matchAll(/class="bar" [^>]*? height="([\d.]+)"/g)].map(([, h]) =>
    Number(h),
  );
  expect(heights).toEqual([0, 2, 84]);
  expect(html).not.toContain('style=');
});

test('a reader of the screen gets the total, and a table', async () => {
  const html = String(await HourChart({ hours, words: words.en }));
  expect(html).toContain('aria-label="Events by hour, last 24 hours: 1000001"');
  expect(html).toContain('<tr data-key="2026-02-03T02:00:00.000Z">');
  expect(String(await HourChart({ hours: [], words: words.en }))).toContain('<svg');
});
