// Routes on the page: as written, and tried on a stored event or on a pasted one.
import { expect, test } from 'vitest';
import { configOf, contextOn } from '../../../operations/acting.ts';
import { draft, storePage, useDatabase } from '../../../store/stored.ts';
import { visitor } from '../visiting.ts';

const db = useDatabase();
const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
routes:
  - name: urgent<b>
    match: { min_severity: HIGH } # 0123456789abcdef
    to: [soc]
`);
const looking = () =>
  visitor(db(), 'read', { contextOf: (actor) => contextOn(db(), { actor, config }) });

test('each is said in the language of the visitor', async () => {
  expect(await looking().get('/routes')).toContain('>HIGH and above go to soc.</bdi>');
  const thai = visitor(db(), 'read', {
    contextOf: (actor) => contextOn(db(), { actor, config }),
    locale: () => 'th',
  });
  expect(await thai.get('/routes')).toContain('>เหตุการณ์ระดับสูงขึ้นไป ส่งไปที่ soc</bdi>');
});

test('each stands as it is written, as text and without a secret', async () => {
  const html = await looking().get('/routes');
  expect(html).toContain('<bdi>urgent&lt;b&gt;</bdi> → soc');
  expect(html).toContain('match: { min_severity: HIGH } # [secret]');
  expect(html).not.toContain('0123456789abcdef');
});

test('a stored event is tried, and the page says route by route why not', async () => {
  await storePage(db(), { source: 'a', events: [draft(1, { severity: 2 })] });
  const [row] = await db().$client`select id from events`;
  const html = await looking().get(`/routes?event=${row?.id}`);
  expect(html).toContain('id="decided"');
  expect(html).toMatch(/data-key="route urgent.*✕/);
  expect(await looking().get('/routes?event=9')).toContain('This did not work');
});

test('an item is read as the chosen source does', async () => {
  const sent = { source: 'other', item: '{}' };
  const answer = await looking().post('/routes/test', sent);
  expect([answer.status, await answer.text()]).toEqual([
    404,
    expect.stringContaining('No source is called &quot;other&quot;'),
  ]);
});

test('who may only look may paste an item; one that is none is refused in words', async () => {
  const answer = await looking().post('/routes/test', { source: 'a', item: '{"x":1}' });
  expect([answer.status, await answer.text()]).toEqual([
    400,
    expect.stringContaining('Copy one as the console'),
  ]);
});
