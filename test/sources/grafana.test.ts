// The source grafana: the suite of all sources over recorded groups, and its signature at the door.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeBody } from '../../src/core/intake/push/verify.ts';
import type { PushSource } from '../../src/kit/source.ts';
import { grafana } from '../../src/sources/grafana.ts';
import { describePushSource } from '../contract/push-suite.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';

const logins = 'a1b2c3d4e5f60718/2026-03-01T02:03:04.000Z';
const config = { ...grafana.example, old_secret: 'the-secret-of-before-32-characters' };

describePushSource(grafana, {
  config,
  fixtures: [
    { name: 'one', body: sample('grafana/firing'), events: [[logins, 'Failed logins']] },
    {
      name: 'over',
      body: sample('grafana/resolved'),
      events: [[`${logins}/resolved`, 'Failed logins']],
    },
    {
      name: 'a rule without data',
      body: sample('grafana/no-data'),
      events: [['0011223344556677/2026-03-01T02:03:04.000Z', 'DatasourceNoData']],
    },
  ],
  brokenBodies: ['[]', '{"title":"[FIRING:1]"}', '{"alerts":"none"}'],
});

test('an alert says where, what, and with which values', () => {
  const [event] = eventsOf(grafana, sample('grafana/firing'));
  // Without a label nobody knows how bad it is, and it passes every threshold.
  expect(event).toMatchObject({
    severity: 0,
    body: {
      device: { name: 'web-1' },
      description: "Many failed logins\n[ var='A' labels={host=web-1} value=42.5 ]",
      comment: 'grafana_folder=Security',
    },
  });
});

test('a rule without data is named', () => {
  const [event] = eventsOf(grafana, sample('grafana/no-data'));
  expect([event?.severity, event?.body.trigger]).toEqual([3, 'Failed logins']);
});

test('the signature of the example is that of the time and the bytes', () => {
  const { proof } = grafana.create(grafana.config.parse(config), {
    id: 'g',
  } as never) as PushSource;
  const body = Buffer.from(sample('grafana/firing'));
  const seconds = 1772330584;
  const sign = (text: string) =>
    createHmac('sha256', 'a-secret-of-32-random-characters')
      .update(text)
      .update(body)
      .digest('hex');
  const judged = (signature: string, at = seconds) =>
    judgeBody(
      proof as Parameters<typeof judgeBody>[0],
      {
        headers: new Headers({
          'x-grafana-alerting-signature': signature,
          'x-grafana-alerting-timestamp': String(seconds),
        }),
        body,
      },
      at * 1000,
    );
  expect(judged(sign(`${seconds}:`))).toBe('proved');
  expect(judged(sign(''))).toMatchObject({ why: expect.any(String) });
  expect(judged(sign(`${seconds}:`), seconds + 301)).toMatchObject({
    why: expect.stringContaining('a repetition'),
  });
});
