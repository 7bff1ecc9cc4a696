// Incidents on the page: listed, and acted on at their event.
import { expect, test } from 'vitest';
import { listAudit } from '../../../../src/store/audit.ts';
import { readIncident } from '../../../../src/store/incidents.ts';
import { draft, storePage, useDatabase } from '../../../store/stored.ts';
import { sentTo, visitor } from '../visiting.ts';

const db = useDatabase();
const hostile = '<b>x</b>\u202E';

async function stored(): Promise<number> {
  const body = { device: { name: hostile } };
  const page = await storePage(db(), { events: [draft(1, { severity: 5, body })] });
  return page!.events[0]!.id;
}

const stateOf = async (id: number) => {
  const { state, by, via, note } = (await readIncident(db(), id))!.view;
  return [state, by, via, note];
};

test('what is open is listed, and leaves the list of its state once somebody has it', async () => {
  const id = await stored();
  const { get, post } = visitor(db());
  const html = await get('/incidents');
  expect(html).toContain(`<a href="/events/${id}">${id}</a>`);
  expect(html).toContain('&lt;b&gt;x&lt;/b&gt;\\u{202E}');
  await post(`/events/${id}/incident`, { act: 'acknowledge', note: 'on it' });
  expect(await get('/incidents?state=open')).toContain('Nothing here.');
  expect(await get('/incidents?state=acknowledged')).toContain('Acknowledged</span>');
  expect(await get('/incidents?severity=CRITICAL&by=nobody')).toContain('Nothing here.');
});

test('each button does what it says, through the operation, with a row in the audit log', async () => {
  const id = await stored();
  const { post } = visitor(db());
  const press = async (act: string, more = {}) =>
    sentTo(await post(`/events/${id}/incident`, { act, note: '', for: '1h', ...more }));
  const at = `/events/${id}`;
  expect(await press('acknowledge', { note: 'on it' })).toBe(`${at} incidentAcknowledged`);
  expect(await stateOf(id)).toEqual(['acknowledged', 'ann', 'page', 'on it']);
  expect(await press('renew')).toBe(`${at} incidentAcknowledged`);
  expect(await press('snooze')).toBe(`${at} incidentSnoozed`);
  expect(await press('resolve')).toBe(`${at} incidentResolved`);
  expect(await press('resolve')).toBe(`${at} incidentSame`);
  expect(await press('snooze')).toBe(`${at} incidentIsResolved`);
  expect(await press('reopen')).toBe(`${at} incidentReopened`);
  expect(await press('note', { note: 'odd' })).toBe(`${at} incidentNoted`);
  expect(await stateOf(id)).toEqual(['open', 'ann', 'page', 'odd']);
  const [{ operation, via } = { operation: '', via: '' }] = await listAudit(db(), { limit: 1 });
  expect([operation, via]).toEqual(['incident-note', 'page']);
});

test.each([
  [{ act: 'constructor' }, 'note is not right'],
  [{ act: 'snooze', for: '99d' }, 'is no time from 1m to 7d'],
  [{ act: 'note', note: '' }, 'note is not right'],
])('a form with %j is refused in words', async (form, words) => {
  const id = await stored();
  const answer = await visitor(db()).post(`/events/${id}/incident`, form);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)]);
  expect(await stateOf(id)).toEqual(['open', null, null, null]);
});

test('who may only look is refused', async () => {
  const id = await stored();
  const { post } = visitor(db(), 'read');
  expect((await post(`/events/${id}/incident`, { act: 'resolve' })).status).toBe(403);
});
