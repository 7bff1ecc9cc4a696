// Dead letters on the page: why, what to do, and putting back exactly what was shown.
import { expect, test } from 'vitest';
import { listAudit } from '../../../../src/store/audit.ts';
import { drafts, storePage, useDatabase } from '../../../store/stored.ts';
import { sentTo, visitor } from '../visiting.ts';

const db = useDatabase();

async function dieOf(reason: string, count: number): Promise<void> {
  await storePage(db(), { events: drafts(1, count) });
  await db().$client`
    update deliveries set state = 'dead', reason = ${reason}, finalized_at = now()`;
}

const states = async () =>
  (await db().$client`select state, count(*)::int as n from deliveries group by 1 order by 1`).map(
    ({ state, n }) => `${n} ${state}`,
  );

test('a group says why and what to do, and its links mean this group', async () => {
  await dieOf('auth', 3);
  const html = await visitor(db(), 'admin').get('/dead');
  expect(html).toContain('refused the credential');
  expect(html).toContain('href="/dead/redrive?sink=soc&amp;reason=auth&amp;status=none"');
});

test('200 are put back after the page has said that it will be 200', async () => {
  await dieOf('auth', 200);
  const { get, post } = visitor(db(), 'operate');
  const html = await get('/dead/redrive?sink=soc&reason=auth');
  expect(html).toContain('Put back 200');
  expect(html).toContain('name="expected" value="200"');
  const form = { sink: 'soc', reason: 'auth', expected: '200' };
  const answer = await post('/dead/redrive', form);
  expect(sentTo(answer)).toBe('/dead redriven.200');
  expect(await states()).toEqual(['200 pending']);
  expect((await listAudit(db(), { limit: 5 })).map(({ operation }) => operation)).toEqual([
    'delivery-redrive',
  ]);
});

test('if clearly more are meant by now, nothing is changed', async () => {
  await dieOf('auth', 200);
  const answer = await visitor(db(), 'admin').post('/dead/redrive', { sink: 'soc', expected: '3' });
  expect([answer.status, await states()]).toEqual([409, ['200 dead']]);
});

test('dropping says what it means, and is for who may', async () => {
  await dieOf('rejected', 2);
  const form = { sink: 'soc', reason: 'rejected', expected: '2' };
  const operator = visitor(db(), 'operate');
  expect((await operator.post('/dead/drop', form)).status).toBe(403);
  expect(await operator.get('/dead/drop?sink=soc&reason=rejected')).not.toContain(
    'action="/dead/drop"',
  );
  const { get, post } = visitor(db(), 'admin');
  expect(await get('/dead/drop?sink=soc&reason=rejected')).toContain('is not sent any more');
  expect((await post('/dead/drop', form)).status).toBe(303);
  expect(await states()).toEqual(['2 suppressed']);
});

test('a group without a status takes none that has one', async () => {
  await dieOf('auth', 5);
  await db().$client`
    insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms)
    select event_id, sink, 'reject_event', 'auth', 401, 1 from deliveries order by event_id limit 2`;
  const { get, post } = visitor(db(), 'operate');
  const [, without] = /<h2>[^(]*<\/h2>.*?href="([^"]+)"/s.exec(await get('/dead'))!;
  expect(await get(without!.replaceAll('&amp;', '&'))).toContain('Put back 3');
  const form = { sink: 'soc', reason: 'auth', status: 'none', expected: '3' };
  expect(sentTo(await post('/dead/redrive', form))).toBe('/dead redriven.3');
  expect(await states()).toEqual(['2 dead', '3 pending']);
});

test('the last step says in words what is meant, and refuses what it does not know', async () => {
  await dieOf('auth', 3);
  const { get, post } = visitor(db(), 'operate');
  const chosen = await get('/dead/redrive?sink=soc&reason=auth');
  expect(chosen).toContain('<dt>Reason</dt><dd>Credential refused</dd>');
  expect(chosen).toContain('<dt>Sink</dt><dd><bdi class="theirs">soc</bdi></dd>');
  expect(await get('/dead/redrive')).toContain('All dead letters of all sinks are meant.');
  expect(await get('/dead/redrive?sinks=soc')).toContain('it has &quot;sinks&quot;');
  expect((await post('/dead/redrive', { sinks: 'soc', expected: '3' })).status).toBe(400);
  expect(await states()).toEqual(['3 dead']);
});
