// The source alertmanager: the suite of all sources over recorded groups.
import { expect, test } from 'vitest';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { describePushSource } from '../contract/push-suite.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';

const down = '1f2e3d4c5b6a7988/2026-03-01T02:03:04.567Z';

describePushSource(alertmanager, {
  config: { ...alertmanager.example, old_secret: 'the-secret-of-before-32-characters' },
  fixtures: [
    { name: 'one', body: sample('alertmanager/firing'), events: [[down, 'HostDown']] },
    {
      name: 'a group with items that are none',
      body: sample('alertmanager/group'),
      events: [
        [down, 'HostDown'],
        ['8899aabbccddeeff/2026-03-01T02:03:04.567Z', 'DiskFull'],
        [`${down}/resolved`, 'HostDown'],
        [expect.stringMatching(/^sha256:/), 'UNRECOGNISED'],
        [expect.stringMatching(/^sha256:/), 'UNRECOGNISED'],
      ],
    },
    {
      name: 'over',
      body: sample('alertmanager/resolved'),
      events: [[`${down}/resolved`, 'HostDown']],
    },
    { name: 'none', body: '{"version":"4","alerts":[]}', events: [] },
  ],
  brokenBodies: ['[]', '5', 'null', '{"alerts":{}}', '{"version":"4"}'],
});

test('an alert says where and what', () => {
  const [event] = eventsOf(alertmanager, sample('alertmanager/firing'));
  expect(event).toMatchObject({
    ...{ severity: 5, status: 'firing', occurredAt: '2026-03-01T02:03:04.567Z' },
    body: {
      device: { name: 'node-1:9100' },
      description: 'HostDown on node-1\nIt has been so for five minutes.',
      comment: 'job=node',
    },
  });
  expect(event?.body.link, 'addresses of the body are never followed').toBeUndefined();
});
