// One sink on the page: paused with a reason and an end, resumed, tried out.
import { expect, test } from 'vitest';
import { AdapterError } from '../../../../src/kit/errors.ts';
import { listAudit } from '../../../../src/store/audit.ts';
import { readControls } from '../../../../src/store/controls.ts';
import { contextOn } from '../../../operations/acting.ts';
import { drafts, storePage, useDatabase } from '../../../store/stored.ts';
import { sentTo, visitor } from '../visiting.ts';

const db = useDatabase();
const pausedNow = async () =>
  (await readControls(db())).filter(({ pause }) => pause !== null).map(({ name }) => name);

test('it is paused with a reason and an end, and resumed, each with a row in the audit log', async () => {
  await storePage(db(), { events: drafts(1, 3) });
  const { get, post } = visitor(db());
  expect(await get('/sinks/soc')).toContain('nothing is lost. Waiting now: 3.');
  const paused = await post('/sinks/soc/pause', { reason: 'maintenance', for: '2h' });
  // The only sink of all: nobody would get notices, and the page says so.
  expect(await paused.text()).toContain('nobody hears of failures until one goes on');
  expect(await pausedNow()).toEqual(['sink:soc']);
  const html = await get('/sinks/soc');
  expect(html).toContain('Resume, and send 3');
  expect(html).not.toContain('action="/sinks/soc/pause"');
  const resumed = await post('/sinks/soc/resume', {});
  expect(sentTo(resumed)).toBe('/sinks/soc sinkResumed');
  expect(await pausedNow()).toEqual([]);
  expect((await listAudit(db(), { limit: 5 })).map(({ operation }) => operation)).toEqual([
    'sink-resume',
    'sink-pause',
  ]);
});

test('whoever resumes a sink that goes on already learns that', async () => {
  expect(sentTo(await visitor(db()).post('/sinks/soc/resume', {}))).toBe('/sinks/soc wasNotPaused');
});

test.each([
  [{ reason: '', for: '2h' }, 'reason is not right'],
  [{ reason: 'x', for: 'long' }, 'is no time up to 30 days'],
  [{ reason: 'x', for: '31d' }, 'is no time up to 30 days'],
])('a pause of %j is refused in words', async (form, words) => {
  const answer = await visitor(db()).post('/sinks/soc/pause', form);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)]);
  expect(await pausedNow()).toEqual([]);
});

test('a sample says whether the far end took it, and if not, why', async () => {
  const problem = new AdapterError('reject_sink', 'auth', '<i>no such hook</i>');
  const farEnds = (testSink: () => Promise<boolean>) =>
    visitor(db(), 'operate', {
      contextOf: (actor) => contextOn(db(), { actor, farEnds: { testSink } as never }),
    });
  const taken = await farEnds(async () => true).post('/sinks/soc/test', {});
  const good = await taken.text();
  expect(good).toContain('The far end accepted the sample card after');
  expect(good).not.toContain('notice bad');
  const refused = await farEnds(() => Promise.reject(problem)).post('/sinks/soc/test', {});
  const html = await refused.text();
  expect(html).toContain('The far end did not accept the sample card.');
  expect(html).toContain('<section class="notice bad"');
  expect(html).toContain('&lt;i&gt;no such hook&lt;/i&gt;');
});

test('who may only look sees no form, and is refused', async () => {
  const { get, post } = visitor(db(), 'read');
  const html = await get('/sinks/soc');
  expect(html).toContain('sign in with a token of the role &quot;operate&quot;');
  expect(html).not.toContain('action="/sinks');
  expect((await post('/sinks/soc/pause', { reason: 'x', for: '1h' })).status).toBe(403);
});

test('of a sink that is not there, the page says so', async () => {
  expect(await visitor(db()).get('/sinks/other')).toContain('No sink is called');
});
