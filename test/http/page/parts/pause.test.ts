// The form of a pause: one begins, or the one that is on ends.
import { expect, test } from 'vitest';
import { PauseForm, PauseSays } from '../../../../src/http/page/parts/pause.tsx';
import type { Database } from '../../../../src/store/database.ts';
import { visitOf } from '../visiting.ts';

const visit = visitOf({} as Database);
const drawn = async (element: unknown) => String(await (element as Promise<string>));
const pause = {
  by: 'bob<',
  reason: '<i>works</i>',
  since: '2026-01-31T10:00:00.000Z',
  until: '2026-01-31T12:00:00.000Z',
};
const texts = { visit, path: '/sinks/soc', means: 'It waits.', resume: 'Send 3' };

test('without a pause, it takes a reason and a length', async () => {
  const html = await drawn(PauseForm({ ...texts, pause: null }));
  expect(html).toContain('It waits.');
  expect(html).toMatch(/action="\/sinks\/soc\/pause".*name="reason".*name="for"/);
  expect(html).not.toContain('resume');
});

test('during a pause, it offers only to resume, and says what that does', async () => {
  const html = await drawn(PauseForm({ ...texts, pause }));
  expect(html).toMatch(/action="\/sinks\/soc\/resume".*Send 3/);
  expect(html).not.toContain('/pause"');
});

test('reason and name are text', async () => {
  const html = await drawn(PauseSays({ visit, pause }));
  expect(html).toContain('&lt;i&gt;works&lt;/i&gt;');
  expect(html).toContain('<bdi>bob&lt;</bdi>');
  expect(html).toContain('2026-01-31 12:00:00 UTC');
});
