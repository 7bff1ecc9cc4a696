// The search on the page: its address is its state, and it says how far it has searched.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { events } from '../../../../src/http/page/views/events.tsx';
import type { Shown } from '../../../../src/http/page/visit.ts';
import { event } from '../../../../src/operations/index.ts';
import { draft, storePage, useDatabase } from '../../../store/stored.ts';
import { createTestPage, visitOf } from '../visiting.ts';

const db = useDatabase();
const get = async (path: string) => (await createTestPage(db()).request(path)).text();
const hash = 'ab'.repeat(32);

beforeEach(async () => {
  const body = { itemId: '1', device: { name: 'PC-1' }, file: { name: 'a<b>.exe', hash } };
  await storePage(db(), { events: [draft(1, { body, severity: 4 }), draft(2)] });
});

describe('what is found', () => {
  test('the event of a hash, and no other', async () => {
    const html = await get(`/events?hash=${hash}`);
    expect(html.match(/<tr data-key/g)).toHaveLength(1);
    expect(html).toContain('a&lt;b&gt;.exe');
    expect(html).toContain(`value="${hash}"`);
  });

  test('fields that were left empty are no filters', async () => {
    const html = await get('/events?text=&hash=&minSeverity=&state=&type=&unknown=1');
    expect(html.match(/<tr data-key/g)).toHaveLength(2);
  });

  test('if nothing fits, it says what to do', async () => {
    expect(await get('/events?device=none')).toContain('Take a filter away');
  });

  test.each([
    ['minSeverity=LOUD', 'minSeverity'],
    ['since=yesterday', 'since'],
    ['cursor=x', 'cursor'],
  ])('%s is refused in words', async (query, field) => {
    const answer = await createTestPage(db()).request(`/events?${query}`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(field)]);
  });
});

describe('what it asks for', () => {
  async function asked(query: string) {
    const operate = vi.fn(async (_operation: unknown, _input: object) => ({
      ...{ items: [], next: 'n', searchedTo: '2026-02-03T00:00:00.000Z' },
    }));
    const visit = visitOf(db(), `/events?${query}`, { operate: operate as never });
    const shown = (await events(visit, {})) as Shown;
    expect(operate.mock.calls[0]?.[0]).toBe(event.search);
    return { input: operate.mock.calls[0]?.[1], html: String(await shown.body) };
  }

  test('lists with commas, and times without seconds in UTC', async () => {
    const query = 'type=A,+B,&state=dead&since=2026-02-03&until=2026-02-03+04:05';
    expect((await asked(query)).input).toMatchObject({
      ...{ type: ['A', 'B'], state: ['dead'] },
      ...{ since: '2026-02-03T00:00:00Z', until: '2026-02-03T04:05:00Z' },
    });
  });

  test('a range ends now, and its next page keeps where it began', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-02-03T04:05:06.000Z'), toFake: ['Date'] });
    const { input, html } = await asked('range=24h&device=a%26b').finally(vi.useRealTimers);
    const since = '2026-02-02T04:05:06.000Z';
    expect(input).toMatchObject({ since, device: 'a&b' });
    const next = new URLSearchParams({ device: 'a&b', since, cursor: 'n' });
    expect(html.replaceAll('&amp;', '&')).toContain(`href="/events?${next}"`);
    expect(html).toContain('Searched back to');
    expect(html).toContain('Search further back');
    expect(html.replaceAll('&amp;', '&')).toContain(
      `/api/v1/events/export?${new URLSearchParams({ format: 'csv', device: 'a&b', since })}`,
    );
  });

  test('a range that there is not is none', async () => {
    expect((await asked('range=constructor')).input).not.toHaveProperty('since', expect.anything());
  });
});

test.each([
  [hash, `hash=${hash}`],
  ['192.0.2.7', 'ip=192.0.2.7'],
  ['2001:db8::1', 'ip=2001%3Adb8%3A%3A1'],
  ['4711', 'id=4711'],
  [' PC-1 & co ', 'text=PC-1+%26+co'],
])('what was written without saying what it is is searched by its form: %s', async (q, query) => {
  const answer = await createTestPage(db()).request(`/events?${new URLSearchParams({ q })}`);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/events?${query}`]);
});

test('more filters are open only where one of them is set', async () => {
  expect(await get('/events')).toContain('<details class="more">');
  expect(await get('/events?user=ann')).toContain('<details class="more" open="">');
});

test('a full page with all that it loads stays under 60 kB', async () => {
  const body = {
    ...{ device: { name: 'RECEPTION-DESKTOP-0042' }, user: 'RECEPTION-DESKTOP-0042\\operator' },
    file: { name: 'Quarterly report (final) version 2.docm', hash },
  };
  await storePage(db(), { events: Array.from({ length: 60 }, (_, n) => draft(100 + n, { body })) });
  const page = createTestPage(db());
  const html = await (await page.request('/events')).text();
  expect(html.match(/<tr data-key/g)).toHaveLength(40);
  const files = [...new Set(html.match(/\/assets\/[^"]+/g))];
  expect(files).toHaveLength(3);
  const bodies = files.map(
    async (path) => (await (await page.request(path)).arrayBuffer()).byteLength,
  );
  const bytes = [Buffer.byteLength(html), ...(await Promise.all(bodies))];
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(60_000);
});
