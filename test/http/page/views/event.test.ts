// One event on the page: with its decision, its deliveries and its raw object.
import { beforeEach, expect, test } from 'vitest';
import { changeIncident } from '../../../../src/core/incidents/change.ts';
import { draft, storePage, useDatabase } from '../../../store/stored.ts';
import { createTestPage } from '../visiting.ts';

const db = useDatabase();
const get = async (path: string) => (await createTestPage(db()).request(path)).text();

const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'] }];
const body = {
  itemId: '17',
  device: { name: 'PC-1' },
  file: { hash: 'AB' },
  link: 'https://console.example/17',
};

async function idOf(more: Parameters<typeof draft>[1]): Promise<string> {
  await storePage(db(), { events: [draft(17, { body, ...more })], routes });
  const [row] = await db().$client`select max(id)::text as id from events`;
  return row?.id as string;
}

let id: string;
beforeEach(async () => {
  id = await idOf({ raw: '{"a":"<script>1</script>"}' });
});

test('it says what is known, what became of it, and what would today', async () => {
  const html = await get(`/events/${id}`);
  expect(html).toContain(`<title>Event ${id} · Tocsin</title>`);
  expect(html).toContain('Routes that took it: all');
  expect(html).toContain('What would become of it today');
  expect(html).toContain('<a href="https://console.example/17" rel="noreferrer">');
  expect(html).toContain('&quot;a&quot;: &quot;&lt;script&gt;1&lt;/script&gt;&quot;');
});

test('neighbours are counted, and a link finds all of them', async () => {
  await storePage(db(), { events: [draft(18, { body })] });
  const html = await get(`/events/${id}`);
  expect(html).toContain('<a href="/events?device=PC-1">Other events of this device: 1</a>');
  expect(html).toContain('<a href="/events?hash=AB">Other events with this hash: 1</a>');
});

test('a link that is no address of the web is none', async () => {
  const other = await idOf({ externalId: '2', body: { link: 'javascript:alert(1)' } });
  expect(await get(`/events/${other}`)).not.toContain('href="javascript:');
});

test('of a large object it shows the beginning', async () => {
  const large = await idOf({ externalId: '3', raw: JSON.stringify(['x'.repeat(100_000)]) });
  const html = await get(`/events/${large}`);
  expect(html.length).toBeLessThan(40_000);
  expect(html).toContain('This is its beginning.');
});

test('an event of Tocsin itself says why no route takes it', async () => {
  await storePage(db(), { source: 'tocsin', events: [draft(1, { stream: 'notice' })] });
  const [row] = await db().$client`select max(id)::text as id from events`;
  expect(await get(`/events/${row?.id}`)).toContain('routes take none of those');
});

test.each(['999999', 'x', '0'])('event %s is not there', async (none) => {
  const answer = await createTestPage(db()).request(`/events/${none}`);
  expect([400, 404]).toContain(answer.status);
});

test('what the vendor changed since is shown as it is now, by the item and by its change', async () => {
  const fields = [{ name: 'status', from: 'OPEN', to: 'CLOSED BY <b>' }];
  const change = { source: 'a', externalId: '17', fields };
  const later = await idOf({ externalId: '17@2', stream: 'change', body: { ...body, change } });
  await changeIncident(db(), {
    ...{ eventId: Number(id), actor: 'a', via: 'vendor' },
    wanted: { kind: 'vendor', change, severity: 5, seenAt: null },
  });
  for (const one of [id, later]) {
    const text = (await get(`/events/${one}`)).replaceAll(/<[^>]*>/g, '');
    expect(text).toContain('StatusCLOSED BY &lt;b&gt; It was: OPEN');
  }
  expect(await get(`/events/${id}`)).toMatch(/<h1[^>]*><span class="severity critical">/);
  expect(await get(`/events/${later}`)).not.toMatch(/<h1[^>]*><span class="severity critical">/);
});
