// The source splunk: the suite of all sources over what the built-in alert action posts.
import { expect, test } from 'vitest';
import { splunk } from '../../src/sources/splunk.ts';
import { describePushSource } from '../contract/push-suite.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';

const hash = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
const idOf = (body: string) => eventsOf(splunk, body)[0]!.externalId;
const alert = sample('splunk/alert');

describePushSource(splunk, {
  config: { ...splunk.example, old_secret: 'the-secret-of-before-32-characters' },
  fixtures: [
    { name: 'of a named search', body: alert, events: [[hash, 'Brute force on SSH']] },
    {
      name: 'of a search without a name',
      body: sample('splunk/unnamed'),
      events: [[hash, 'Search']],
    },
    { name: 'without a row', body: '{"sid":"1","result":null}', events: [[hash, 'UNRECOGNISED']] },
    { name: 'no alert', body: '{"a":1}', events: [[hash, 'UNRECOGNISED']] },
  ],
  brokenBodies: ['[]', '5', 'null', '"text"'],
});

test('an alert says where, who and what', () => {
  const [event] = eventsOf(splunk, alert);
  expect(event).toMatchObject({
    ...{ severity: 4, occurredAt: '2026-03-01T02:03:04.567Z', status: null },
    body: {
      itemId: 'scheduler__admin__search__RMD5f00_at_1772330580_17',
      ...{ severityRaw: 'high', trigger: 'search', threatType: 'linux_secure', user: 'root' },
      ...{ target: 'web-1', remoteIp: '198.51.100.7', techniques: [{ id: 'T1110' }] },
      ...{ device: { name: 'web-1' }, process: { name: 'sshd' } },
      description: expect.stringContaining('Failed password'),
    },
  });
  expect(event?.body.link).toBeUndefined();
});

test('the same row of the same search is one event, and any other is another', () => {
  expect(idOf(alert)).toBe(idOf(alert.replace('"owner": "admin"', '"owner": "ana"')));
  for (const [from, to] of [
    ['"42"', '"43"'],
    ['"sid": "scheduler__admin', '"sid": "scheduler__other'],
  ] as const) {
    expect(alert).toContain(from);
    expect(idOf(alert.replace(from, to))).not.toBe(idOf(alert));
  }
});

test.each([
  [{ severity: 'critical' }, {}, 5],
  [{ urgency: 'informational' }, {}, 1],
  [{ severity: 'sev2', urgency: 'low' }, { severity_map: { sev2: 'HIGH' } }, 4],
  [{ severity: 'low', risk: '90' }, { severity_field: 'risk', severity_map: { '90': 'HIGH' } }, 4],
  [{ severity: 'unheard of' }, {}, 0],
  [{}, {}, 0],
])('%o with %o has the severity %i', (result, more, severity) => {
  expect(eventsOf(splunk, { sid: '1', result }, more)[0]?.severity).toBe(severity);
});

test('several values of a field are one text', () => {
  const [event] = eventsOf(splunk, { sid: '1', result: { user: ['ana', 'bo'] } });
  expect(event?.body.user).toBe('ana, bo');
});

test('a link is built of the setting, never of the alert', () => {
  const more = { event_link: 'https://splunk.example.com/app/search/@go?sid={id}' };
  expect(eventsOf(splunk, sample('splunk/unnamed'), more)[0]?.body.link).toBe(
    'https://splunk.example.com/app/search/@go?sid=1772330580.42',
  );
});
