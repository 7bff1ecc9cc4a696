// The incident on the page of its event: who has it, what can be done, what happened.
import { expect, test } from 'vitest';
import { changeIncident } from '../../../../../src/core/incidents/change.ts';
import type { Wanted } from '../../../../../src/core/incidents/decide.ts';
import type { Actor } from '../../../../../src/operations/index.ts';
import { configOf, contextOn } from '../../../../operations/acting.ts';
import { draft, drafts, storePage, useDatabase } from '../../../../store/stored.ts';
import { sentTo, visitor } from '../../visiting.ts';

const db = useDatabase();

async function stored(): Promise<number> {
  return (await storePage(db(), { events: drafts(1, 1) }))!.events[0]!.id;
}

const change = (eventId: number, wanted: Wanted, note?: string) =>
  changeIncident(db(), {
    ...{ eventId, wanted, actor: '<i>ana</i>', via: 'chat' },
    ...(note !== undefined && { note }),
  });
const buttons = (html: string) =>
  [...html.matchAll(/name="act" value="(\w+)"/g)].map(([, act]) => act);

test('the buttons are those of its state', async () => {
  const id = await stored();
  const { get } = visitor(db());
  const at = `/events/${id}`;
  const open = await get(at);
  expect(open).toContain('Nothing has happened to it yet.');
  expect(buttons(open)).toEqual(['note', 'acknowledge', 'resolve', 'snooze']);
  await change(id, { kind: 'acknowledged', forMs: 60_000 }, '<script>');
  const taken = await get(at);
  expect(buttons(taken)).toEqual(['note', 'resolve', 'renew', 'snooze', 'reopen']);
  expect(taken).toContain('&lt;i&gt;ana&lt;/i&gt;');
  expect(taken).not.toContain('<script>');
  expect(taken).toMatch(/until <time datetime="20/);
  expect(taken).toContain('What happened to it (1)');
  await change(id, { kind: 'resolved' });
  expect(buttons(await get(at))).toEqual(['note', 'reopen']);
});

test('it can be snoozed for no longer than the configuration allows', async () => {
  const at = `/events/${await stored()}`;
  const offered = async (snooze_max: string) => {
    const config = configOf(`
incidents: { snooze_max: ${snooze_max} }
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
`);
    const contextOf = (actor: Actor) => contextOn(db(), { actor, config });
    const html = await visitor(db(), 'operate', { contextOf }).get(at);
    return [...html.matchAll(/<option value="(\d+\w)">/g)].map(([, length]) => length);
  };
  expect(await offered('7d')).toEqual(['1h', '4h', '1d', '7d']);
  expect(await offered('1d')).toEqual(['1h', '4h', '1d']);
  expect(await offered('90m')).toEqual(['1h']);
  expect(await offered('30m')).toEqual(['30m']);
});

test('it can be escalated where its route has steps, while nobody has it', async () => {
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
routes: [{ name: r, to: [soc], escalate: [{ after: 15m, to: [soc] }] }]
`);
  const page = await storePage(db(), { events: drafts(1, 1), routes: config.routes });
  const at = `/events/${page!.events[0]!.id}`;
  const contextOf = (actor: Actor) => contextOn(db(), { actor, config });
  const { get, post } = visitor(db(), 'operate', { contextOf });
  expect(buttons(await get(at))).toEqual(['note', 'acknowledge', 'resolve', 'snooze', 'escalate']);
  const pressed = await post(`${at}/incident`, { act: 'escalate', note: 'call them' });
  expect(sentTo(pressed)).toBe(`${at} incidentEscalated`);
  expect(await db().$client`select sink from deliveries where kind = 'step'`).toHaveLength(1);
  const escalated = await get(at);
  expect(escalated).toContain('Escalated to');
  const [, version = ''] = /name="version" value="(\d+)"/.exec(escalated) ?? [];
  const again = () => post(`${at}/incident`, { act: 'escalate', note: '', version });
  expect(sentTo(await again())).toBe(`${at} incidentEscalated`);
  expect(sentTo(await again())).toBe(`${at} incidentSame`);
  expect(await db().$client`select sink from deliveries where kind = 'step'`).toHaveLength(2);
  await change(page!.events[0]!.id, { kind: 'acknowledged', forMs: 60_000 });
  expect(buttons(await get(at))).not.toContain('escalate');
  const late = await post(`${at}/incident`, { act: 'escalate', note: '' });
  expect(sentTo(late)).toBe(`${at} incidentTaken`);
});

test('without steps it is refused in words', async () => {
  const id = await stored();
  const { post } = visitor(db());
  const answer = await post(`/events/${id}/incident`, { act: 'escalate', note: '' });
  expect([answer.status, await answer.text()]).toEqual([
    409,
    expect.stringContaining('has no steps'),
  ]);
});

test('a message that somebody removed, or that is being edited, is said to be', async () => {
  const id = await stored();
  const { get } = visitor(db());
  await change(id, { kind: 'noted' }, 'x');
  expect(await get(`/events/${id}`)).not.toContain('being edited');
  await db().$client`update message_edits set done = 0, edited_at = now()`;
  expect(await get(`/events/${id}`)).toContain('soc shows an older state; it is being edited.');
  await db().$client`update message_edits set state = 'gone'`;
  expect(await get(`/events/${id}`)).toContain('Somebody removed the message in soc.');
});

test('who may only look sees how it stands, and no button', async () => {
  const id = await stored();
  const html = await visitor(db(), 'read').get(`/events/${id}`);
  expect(html).toContain('>Open</span>');
  expect(buttons(html)).toEqual([]);
});

test('a change of what is not stored has no incident', async () => {
  const body = { change: { source: 'a', externalId: '9', fields: [] } };
  const page = await storePage(db(), { events: [draft('c', { stream: 'change', body })] });
  const html = await visitor(db()).get(`/events/${page!.events[0]!.id}`);
  expect(html).not.toContain('aria-label="Incident"');
});
