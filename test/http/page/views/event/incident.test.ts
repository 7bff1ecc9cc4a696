// The incident on the page of its event: who has it, what can be done, what happened.
import { expect, test } from 'vitest';
import { changeIncident } from '../../../../../src/core/incidents/change.ts';
import type { Wanted } from '../../../../../src/core/incidents/decide.ts';
import { draft, drafts, storePage, useDatabase } from '../../../../store/stored.ts';
import { visitor } from '../../visiting.ts';

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
