// Silences on the page: tried, made, extended and ended by hand.
import { expect, test } from 'vitest';
import { listAudit } from '../../../../src/store/audit.ts';
import { drafts, storePage, useDatabase } from '../../../store/stored.ts';
import { sentTo, visitor } from '../visiting.ts';

const db = useDatabase();

const filled = '/silences/new?types=STATIC_*&for=2h&reason=a+test&min_severity=';
const form = { matcher: '{"types":["STATIC_*"]}', for: '2h', reason: 'a test' };

test('before a silence is made, the page says what it would have hidden', async () => {
  await storePage(db(), { events: drafts(1, 3) });
  const html = await visitor(db()).get(filled);
  expect(html).toContain('It would have hidden 3 events in the last 7 days.');
  expect(html).toContain('value="{&quot;types&quot;:[&quot;STATIC_*&quot;]}"');
  expect(html).toContain('Silence for 2h');
  expect(html).toContain('<tr data-key="');
});

test('a silence is made, extended and ended, each with a row in the audit log', async () => {
  const { get, post } = visitor(db());
  const made = await post('/silences/new', form);
  expect([made.status, sentTo(made)]).toEqual([303, '/silences silenceAdded']);
  const list = await get('/silences');
  const [, id] = /href="\/silences\/(\d+)\/extend"/.exec(list) ?? [];
  const [, version] = /name="version" value="([^"]+)"/.exec(await get(`/silences/${id}/extend`))!;
  const longer = await post(`/silences/${id}/extend`, { for: '4h', version: version! });
  expect(sentTo(longer)).toBe('/silences silenceExtended');
  const late = await post(`/silences/${id}/extend`, { for: '9h', version: version! });
  expect(late.status).toBe(409);
  const stale = await post(`/silences/${id}/end`, { version: version! });
  expect([stale.status, await stale.text()]).toEqual([
    409,
    expect.stringContaining('Somebody has changed silence'),
  ]);
  const [, current] = /name="version" value="([^"]+)"/.exec(await get(`/silences/${id}/end`))!;
  await post(`/silences/${id}/end`, { version: current! });
  expect(await get('/silences')).toContain('Nothing here.');
  expect(await get('/silences?all=yes')).toContain(`data-key="${id}"`);
  const noted = await listAudit(db(), { limit: 10 });
  expect(noted.map(({ operation, via }) => `${via} ${operation}`)).toEqual([
    'page silence-end',
    'page silence-extend',
    'page silence-add',
  ]);
});

test('who may only look can try, and not make one', async () => {
  const { get, post } = visitor(db(), 'read');
  const html = await get(filled);
  expect(html).toContain('sign in with a token of the role &quot;operate&quot;');
  expect(html).not.toContain('method="post" action="/silences');
  expect((await post('/silences/new', form)).status).toBe(403);
});

test.each([
  [{ ...form, matcher: '{' }, 'The matcher is no JSON object.'],
  [{ ...form, for: 'long' }, 'expected a duration'],
  [{ ...form, matcher: '{"typs":["A"]}' }, 'typs'],
])('%j is refused in words', async (given, words) => {
  const answer = await visitor(db()).post('/silences/new', given);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)]);
});

test('of a silence that is not there, the page says so', async () => {
  expect(await visitor(db()).get('/silences/9/end')).toContain('There is no silence 9');
});

test('the count of what a silence hid leads to exactly that', async () => {
  const { get, post } = visitor(db());
  await post('/silences/new', form);
  await storePage(db(), { events: drafts(1, 3) });
  await db().$client`
    update deliveries set state = 'suppressed', reason = 'silenced', finalized_at = now(),
      silence_id = (select max(id) from silences)
    where event_id < (select max(event_id) from deliveries)`;
  const [, path] = /<a href="([^"]+)">2<\/a>/.exec(await get('/silences'))!;
  const rows = (await get(path!)).match(/<tr data-key="\d+ soc">/g);
  expect(rows).toHaveLength(2);
});
