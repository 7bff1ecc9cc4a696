// Status: the release, its configuration and database, and which process works what.
import { expect, test } from 'vitest';
import { originOf } from '../../../../src/core/escalation/calendar-source.ts';
import { keepCalendar } from '../../../../src/store/calendars.ts';
import { configOf, contextOn } from '../../../operations/acting.ts';
import { hold, replicaWith, useDatabase } from '../../../store/stored.ts';
import { createTestPage, visitor } from '../visiting.ts';

const db = useDatabase();

test('it names the release', async () => {
  await replicaWith(db(), ['source:a']);
  const html = await (await createTestPage(db()).request('/status')).text();
  expect(html).toContain('<dd>1.2.3</dd>');
});

test('it names configuration, database and the process that answers', async () => {
  const id = await replicaWith(db(), ['source:a']);
  const process = { version: '4.5.6', replicaId: id, clockLeap: () => undefined };
  const contextOf = (actor: never) => contextOn(db(), { actor, process, config: configOf() });
  const html = await visitor(db(), 'read', { contextOf }).get('/status');
  expect(html).toContain('1 sources, 1 sinks, 1 routes');
  expect(html).toContain('tables up to date');
  expect(html).toContain(`title="${id}"`);
  expect(html).toContain('this one answers');
  expect(html).not.toContain('href="/tokens"');
});

test('it names who is on duty, and who is told while nobody is', async () => {
  const shown = (from: string) => {
    const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
duty:
  table: [{ who: ana, from: "${from}-01-01T00:00", to: "2900-01-01T00:00" }]
  fallback: { who: lead }
`);
    const contextOf = (actor: never) => contextOn(db(), { actor, config });
    return visitor(db(), 'read', { contextOf }).get('/status');
  };
  expect(await shown('2020')).toContain('On duty: <bdi>ana</bdi>');
  expect(await shown('2899')).toContain('Nobody is on duty; told instead: <bdi>lead</bdi>');
});

test('it says how the calendar of who is on duty was read', async () => {
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
duty: { calendar: { file: /nowhere/on-call.ics }, fallback: { who: lead } }
`);
  const contextOf = (actor: never) => contextOn(db(), { actor, config });
  const shown = () => visitor(db(), 'read', { contextOf }).get('/status');
  expect(await shown()).toContain('The calendar of who is on duty was not read yet.');
  const lease = await hold(db(), 'job:duty');
  const origin = originOf(config.duty!.calendar!);
  const times = { fromMs: Date.parse('2020-01-01Z'), untilMs: Date.parse('2899-01-01Z') };
  const shift = { who: 'bo', names: [], ...times };
  const read = { shifts: [shift], unread: ['the event <x> has no end'] };
  await keepCalendar(db(), lease, {
    ...{ origin, news: { kind: 'read', read, etag: null, lastModified: null } },
  });
  await keepCalendar(db(), lease, { origin, news: { kind: 'failed', error: 'duty is away' } });
  const html = await shown();
  expect(html).toContain('On duty: <bdi>bo</bdi>');
  expect(html).toContain('could not be read: <bdi>duty is away</bdi>');
  expect(html).toMatch(/its last shift ends <time datetime="2899-01-01T00:00:00.000Z"/);
  expect(html).toContain('<bdi>the event &lt;x&gt; has no end</bdi>');
});
