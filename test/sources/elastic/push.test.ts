// The source elastic: the suite of all sources over what the template of its page makes of alerts, and
// that template.
import { expect, test } from 'vitest';
import { elastic } from '../../../src/sources/elastic/index.ts';
import { describePushSource } from '../../contract/push-suite.ts';
import { eventsOf, sample } from '../../support/pushed-samples.ts';
import { readProjectFile } from '../../tree/project-files.ts';

const unknown = [expect.stringMatching(/^sha256:/), 'UNRECOGNISED'] as const;

describePushSource(elastic, {
  config: { ...elastic.example, old_secret: 'the-secret-of-before-32-characters' },
  fixtures: [
    {
      name: 'new alerts, nested and flat',
      body: sample('elastic/summary'),
      events: [
        ['6be1c0d7f2', 'Shell started by a web server'],
        ['6be1c0d7f3', 'Ransom note written'],
      ],
    },
    {
      name: 'an alert that is over',
      body: sample('elastic/recovered'),
      events: [['aa-1/recovered', 'CPU above 90 %']],
    },
    {
      name: 'an alert alone',
      body: sample('elastic/alone'),
      events: [['6be1c0d7f3', 'Ransom note written']],
    },
    {
      name: 'a list with items that are none',
      body: '{"new":[5,{"kibana":{"alert":{"uuid":"a"}}},null,null],"recovered":[null]}',
      events: [unknown, unknown, unknown],
    },
    { name: 'a run without alerts', body: '{"new":[null],"recovered":[null]}', events: [] },
    { name: 'no alert', body: '{"a":1}', events: [unknown] },
  ],
  brokenBodies: ['[]', '5', 'null', '{"new":[{},]}'],
});

test('an alert says where, who and what', () => {
  const [event] = eventsOf(elastic, sample('elastic/summary'));
  expect(event).toMatchObject({
    ...{ severity: 4, status: 'open', occurredAt: '2026-03-01T02:03:04.567Z' },
    body: {
      ...{ itemId: '6be1c0d7f2', severityRaw: 'high', trigger: 'shell-by-web-server' },
      ...{ threatType: 'Event Correlation Rule', comment: 'Domain: Endpoint, OS: Linux' },
      ...{ user: 'www-data', remoteIp: '198.51.100.7' },
      techniques: [{ id: 'T1059.004' }, { id: 'T1203' }],
      device: { id: 'h-17', name: 'web-1', ip: '192.0.2.11', os: 'Debian', osVersion: '13' },
      process: { name: 'sh', path: '/usr/bin/sh', commandLine: 'sh -c id' },
      parentProcess: { name: 'nginx', path: '/usr/sbin/nginx' },
    },
  });
  expect(event?.body.link).toBeUndefined();
});

test('names with dots are read like nested ones', () => {
  const [, event] = eventsOf(elastic, sample('elastic/summary'));
  expect(event).toMatchObject({
    severity: 5,
    body: {
      device: { name: 'pc-2' },
      file: { path: 'C:\\Users\\ana\\READ-ME.txt', hash: 'ab'.repeat(32) },
    },
  });
});

test('an alert that is over closes the one that began', () => {
  const [over] = eventsOf(elastic, sample('elastic/recovered'));
  expect(over).toMatchObject({
    ...{ stream: 'change', subject: 'alert/aa-1', occurredAt: '2026-03-01T03:00:00.000Z' },
    body: {
      device: { name: 'web-1' },
      change: { source: 'contract', externalId: 'aa-1', closing: 'closed' },
    },
  });
});

test('a link is built of the setting, never of the alert', () => {
  const more = { event_link: 'https://kibana.example.com/app/observability/alerts/{id}' };
  const [event] = eventsOf(elastic, sample('elastic/alone'), more);
  expect(event?.body.link).toBe('https://kibana.example.com/app/observability/alerts/6be1c0d7f3');
});

test.each([
  ['low', 2],
  ['medium', 3],
  ['critical', 5],
  ['warning', 3],
  ['major', 4],
  ['grave', 0],
])('the severity %s is %i', (word, severity) => {
  const body = sample('elastic/alone').replace('"critical"', `"${word}"`);
  expect(eventsOf(elastic, body)[0]?.severity).toBe(severity);
});

test('a severity can mean something else', () => {
  const more = { severity_map: { critical: 'LOW' } };
  expect(eventsOf(elastic, sample('elastic/alone'), more)[0]?.severity).toBe(2);
});

/** What Kibana makes of a template: sections over lists, and objects as JSON. */
function rendered(template: string, lists: Readonly<Record<string, readonly unknown[]>>): string {
  return template
    .replace(/\{\{#([\w.]+)\}\}(.*?)\{\{\/\1\}\}/g, (_, name: string, inner: string) =>
      (lists[name] ?? [])
        .map((item) => inner.replace('{{{.}}}', () => JSON.stringify(item)))
        .join(''),
    )
    .replace(/\{\{[\w.]+\}\}/g, 'x');
}

test.each([0, 1, 2])('the template sends what the source reads: %i alerts', (count) => {
  const template = readProjectFile('examples/elastic/body.mustache');
  const { new: fresh } = JSON.parse(sample('elastic/summary')) as { new: unknown[] };
  const { recovered } = JSON.parse(sample('elastic/recovered')) as { recovered: unknown[] };
  const lists = {
    'alerts.new.data': fresh.slice(0, count),
    'alerts.recovered.data': recovered.slice(0, Math.min(1, count)),
  };
  const ids = ['6be1c0d7f2', '6be1c0d7f3'].slice(0, count);
  expect(eventsOf(elastic, rendered(template, lists)).map(({ externalId }) => externalId)).toEqual([
    ...ids,
    ...(count > 0 ? ['aa-1/recovered'] : []),
  ]);
  // The page shows it, for people who only read the page.
  expect(readProjectFile('docs/sources/elastic.md')).toContain(template.trim());
});
