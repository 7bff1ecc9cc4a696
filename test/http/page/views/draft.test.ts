// A draft of the routes on the page: how many messages there would be, and who would hear nothing.
import { expect, test } from 'vitest';
import { draft, storePage, useDatabase } from '../../../store/stored.ts';
import { visitor } from '../visiting.ts';

const db = useDatabase();
const compare = (written: string, days = '30') =>
  visitor(db(), 'read').post('/routes/draft', { draft: written, days });

test('it says from how many to how many, and shows those that nobody would get', async () => {
  const severe = { type: 'A', severity: 4 as const, body: { device: { name: '<b>PC' } } };
  const events = [draft(1, severe), draft(2, severe), draft(3, { severity: 1 })];
  await storePage(db(), { source: 'a', events });
  const written = '- { name: low, match: { types: [STATIC_ANALYSIS] }, to: [soc] }';
  const html = await (await compare(written)).text();
  expect(html).toContain('3 → 1 messages');
  expect(html).toContain('2 events would reach nobody any more.');
  expect(html).toContain('2 of them are of severity HIGH or CRITICAL');
  expect(html).toContain('&lt;b&gt;PC');
  expect(html.match(/data-key="Lost \d+"/g)).toHaveLength(2);
  // What was written stays in the form.
  expect(html).toContain('types: [STATIC_ANALYSIS] }, to: [soc] }</textarea>');
});

test('a draft that loses nothing says so', async () => {
  await storePage(db(), { source: 'a', events: [draft(1)] });
  expect(await (await compare('- { name: all, to: [soc] }')).text()).toContain(
    'Every event that somebody gets now would still reach somebody.',
  );
});

test.each([
  ['- { name: x, too: [soc] }', '30', 'too'],
  ['', '30', 'draft is not right'],
  ['- { name: all, to: [soc] }', '91', 'days is not right'],
])('%j over %s days is refused in words', async (written, days, words) => {
  const answer = await compare(written, days);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)]);
});

test('the form is there before there is a draft', async () => {
  const html = await visitor(db(), 'read').get('/routes/draft');
  expect(html).toMatch(/<textarea[^>]*name="draft"/);
  expect(html).not.toContain('id="result"');
});
