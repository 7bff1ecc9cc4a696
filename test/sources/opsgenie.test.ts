// The source opsgenie: the suite of all sources, and what its messages bring about.
import { expect, test } from 'vitest';
import type { PushSource } from '../../src/kit/source.ts';
import { opsgenie } from '../../src/sources/opsgenie.ts';
import { describePushSource } from '../contract/push-suite.ts';

function message(action: string, alert: object = {}, source: unknown = { name: '', type: 'web' }) {
  return JSON.stringify({
    ...{ action, source },
    alert: {
      ...{ updatedAt: 1772330584764000000, tags: ['tocsin'], message: 'Ransomware' },
      ...{
        username: 'ana@example.com',
        alertId: '052652ac-5d1c',
        alias: 'tocsin:17',
        tinyId: '23',
      },
      ...{ createdAt: 1772330580104, entity: '', ...alert },
    },
    ...{ integrationId: '37c8f316', integrationName: 'Tocsin' },
  });
}

const person = 'ana@example.com';
describePushSource(opsgenie, {
  config: { ...opsgenie.example, old_secret: 'the-secret-of-before-32-characters' },
  fixtures: [
    {
      ...{ name: 'acknowledged', body: message('Acknowledge'), events: [] },
      acts: [['acknowledged', 17, person]],
    },
    { name: 'closed', body: message('Close'), events: [], acts: [['resolved', 17, person]] },
    {
      ...{ name: 'open again', body: message('UnAcknowledge'), events: [] },
      acts: [['reopened', 17, person]],
    },
    {
      ...{ name: 'by nobody', body: message('Close', { username: null }, null), events: [] },
      acts: [['resolved', 17, '']],
    },
    { name: 'by the API', body: message('Close', {}, { name: '', type: 'API' }), events: [] },
    { name: 'by ourselves', body: message('Close', { username: 'Tocsin' }), events: [] },
    { name: 'of another tool', body: message('Close', { alias: 'disk-full' }), events: [] },
    { name: 'without an alias', body: message('Close', { alias: null }), events: [] },
    { name: 'of another installation', body: message('Close', { alias: 'x:17' }), events: [] },
    { name: 'created', body: message('Create'), events: [] },
    { name: 'snoozed', body: message('Snooze'), events: [] },
    { name: 'a name of every object', body: message('constructor'), events: [] },
  ],
  brokenBodies: [
    '{"action":"Close"}',
    '{"alert":{"alertId":"1"}}',
    '[]',
    '{"action":1,"alert":{}}',
  ],
});

test('a message that comes again does nothing again; a second acknowledgement is another', () => {
  const config = opsgenie.config.parse(opsgenie.example);
  const source = opsgenie.create(config, {} as never) as PushSource;
  const idOf = (body: string) =>
    source.parse({
      ...{ headers: new Headers(), query: new URLSearchParams() },
      body: new TextEncoder().encode(body),
    }).acts?.[0]?.id;
  const first = idOf(message('Acknowledge'));
  expect(idOf(message('Acknowledge'))).toBe(first);
  expect(idOf(message('Close'))).not.toBe(first);
  expect(idOf(message('Acknowledge', { updatedAt: 1772330599764000000 }))).not.toBe(first);
  const timeless = message('Acknowledge', { updatedAt: null });
  expect(idOf(timeless)).toMatch(/^sha256:/);
  expect(idOf(timeless)).toBe(idOf(timeless));
});
