// The audit log on the page: found by who, what and to what, with before and after, and verified.
import { beforeEach, expect, test } from 'vitest';
import { perform, sink } from '../../../../src/operations/index.ts';
import { contextOn } from '../../../operations/acting.ts';
import { useDatabase } from '../../../store/stored.ts';
import { visitor } from '../visiting.ts';

const db = useDatabase();
const get = (path: string) => visitor(db(), 'read').get(path);

beforeEach(async () => {
  await perform(sink.pause, contextOn(db()), { sink: 'soc', reason: '<i>works</i>', for: '2h' });
  await perform(sink.resume, contextOn(db()), { sink: 'soc' });
});

test('each act stands with what was asked, before and after, as text', async () => {
  const html = await get('/audit');
  expect(html.match(/<tr data-key="\d+">/g)).toHaveLength(2);
  expect(html.indexOf('>sink-resume<')).toBeLessThan(html.indexOf('>sink-pause<'));
  expect(html).toContain('sink:soc');
  expect(html).toContain('&quot;reason&quot;: &quot;&lt;i&gt;works&lt;/i&gt;&quot;');
});

test('it is found by what was done, and by whom', async () => {
  expect((await get('/audit?operation=sink-pause&actor=')).match(/<tr data-key/g)).toHaveLength(1);
  expect(await get('/audit?actor=bob')).toContain('Nothing here.');
  expect(await get('/audit?since=yesterday')).toContain('since is not right');
});

test('what is shown is a file, too', async () => {
  const [, path] = /href="(\/api\/v1\/audit\/export[^"]*)"/.exec(
    await get('/audit?operation=sink-pause&actor=ann&since='),
  )!;
  expect(path).toBe('/api/v1/audit/export?actor=ann&amp;operation=sink-pause');
});

test('the chain is verified, and a change is seen', async () => {
  expect(await get('/audit/verify')).toContain(
    'All rows follow from each other; 2 were looked at.',
  );
  await db().$client`alter table audit_log disable trigger user`;
  await db().$client`update audit_log set actor = 'mallory' where operation = 'sink-pause'`;
  await db().$client`alter table audit_log enable trigger user`;
  expect(await get('/audit/verify')).toMatch(/The log was changed: row \d+/);
});
