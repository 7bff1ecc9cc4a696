// The source pagerduty: the suite of all sources, whose acts it heeds, and its signature at the door.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeBody } from '../../src/core/intake/push/verify.ts';
import type { PushSource } from '../../src/kit/source.ts';
import { pagerduty } from '../../src/sources/pagerduty.ts';
import { describePushSource } from '../contract/push-suite.ts';

const secret = 'the-secret-of-the-subscription';

function message(type: string, more: object = {}): string {
  const agent = { id: 'P1', type: 'user_reference', summary: 'Ana' };
  const data = { id: 'Q1', type: 'incident', incident_key: 'tocsin:17', status: 'acknowledged' };
  const at = '2026-03-01T02:03:04.000Z';
  return JSON.stringify({
    event: {
      ...{ id: `e-${type}`, event_type: type, resource_type: 'incident', occurred_at: at },
      ...{ agent, client: null, data, ...more },
    },
  });
}
const incident = (key: unknown) => ({ data: { type: 'incident', incident_key: key } });

describePushSource(pagerduty, {
  config: { secret, old_secret: 'the-secret-of-the-one-before' },
  fixtures: [
    {
      name: 'acknowledged',
      body: message('incident.acknowledged'),
      events: [],
      acts: [['acknowledged', 17, 'Ana']],
    },
    {
      name: 'resolved',
      body: message('incident.resolved'),
      events: [],
      acts: [['resolved', 17, 'Ana']],
    },
    {
      name: 'open again',
      body: message('incident.unacknowledged'),
      events: [],
      acts: [['reopened', 17, 'Ana']],
    },
    {
      name: 'by nobody',
      body: message('incident.acknowledged', { agent: null }),
      events: [],
      acts: [['acknowledged', 17, '']],
    },
    {
      name: 'by an integration',
      body: message('incident.resolved', {
        agent: { type: 'inbound_integration_reference', summary: 'Tocsin' },
      }),
      events: [],
    },
    {
      name: 'of another tool',
      body: message('incident.acknowledged', incident('alert-1')),
      events: [],
    },
    {
      name: 'of another installation',
      body: message('incident.acknowledged', incident('other:17')),
      events: [],
    },
    { name: 'escalated', body: message('incident.escalated'), events: [] },
    { name: 'a test', body: message('pagey.ping', { data: { message: 'Hello' } }), events: [] },
  ],
  brokenBodies: ['{"messages":[]}', '{"event":{"id":1}}', '[]'],
});

test('its signature is that of the bytes, one of several', () => {
  const { proof } = pagerduty.create(pagerduty.config.parse({ secret }), {} as never) as PushSource;
  const body = Buffer.from(message('incident.resolved'));
  const right = createHmac('sha256', secret).update(body).digest('hex');
  const judged = (signature: string) =>
    judgeBody(
      proof as Parameters<typeof judgeBody>[0],
      { headers: new Headers({ 'x-pagerduty-signature': signature }), body },
      Date.now(),
    );
  expect(judged(`v1=${'0'.repeat(64)},v1=${right}`)).toBe('proved');
  expect(judged(`v2=${right}`)).toMatchObject({ why: expect.any(String) });
});
