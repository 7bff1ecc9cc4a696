// The sink webhook: the suite of all sinks; its signature by the reference library of Standard
// Webhooks; its headers; and what each format says.
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, test } from 'vitest';
import { word } from '../../src/kit/card.ts';
import { webhook } from '../../src/sinks/webhook.ts';
import { adapterContext, adapterError, expectNoSecret } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { digestOfGroup, storedDigest } from '../support/digests.ts';
import { eventOfTexts, storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { joinedTexts, saidBy, saidFile } from '../support/said.ts';
import { messageOf } from '../support/voice.ts';

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const oldSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

const harness = {
  success: { status: 204, body: '', isBodyOpen: true },
  data: ({ body }: Received) => JSON.parse(body) as unknown,
  skip: {
    'a 2xx without the promised body is not delivered':
      'every 2xx is an acceptance, by the standard',
  },
} as const;
const configFor = (format: string) => (origin: string) => ({
  ...{ url: `${origin}/in/0123456789abcdef?sig=sig-0123456789`, format },
  ...{ secret, old_secret: oldSecret },
  headers: 'Authorization: Bearer fedcba9876543210\nX-Tenant: 0123456789-7',
});

describeSink(webhook, { ...harness, config: configFor('json') });

describeSink(webhook, { ...harness, as: 'cloudevents', config: configFor('cloudevents') });

describeSink(webhook, {
  ...harness,
  as: 'ocsf',
  config: configFor('ocsf'),
  holds: [
    ...['externalId', 'type', 'status', 'action', 'lastAction', 'severityRaw', 'user', 'itemId'],
    ...['device.id', 'device.name', 'device.ip', 'device.mac', 'device.domain', 'tenant.name'],
    ...['file.name', 'file.path', 'file.hash', 'file.size', 'process.name', 'process.id'],
    ...['process.commandLine', 'techniques.0.id', 'techniques.0.name', 'techniques.0.tactic'],
  ],
});

const context = { deliveryId: 'soc.eu-4711', attempt: 1, signal: new AbortController().signal };

async function sent(settings: object, message = messageOf(storedEvent())): Promise<Received> {
  const farEnd = await startFarEnd((_request, response) => void response.writeHead(202).end());
  const config = webhook.config.parse({ url: `${farEnd.origin}/in`, ...settings });
  await webhook.create(config, adapterContext()).send(message, context);
  return farEnd.received[0]!;
}

/** As a receiver verifies it. @throws if it does not hold, or is older than five minutes */
function verified({ headers, body }: Received, key: string): unknown {
  return new Webhook(key).verify(body, headers as Record<string, string>);
}

describe('the signature', () => {
  test.each(['json', 'cloudevents', 'ocsf'])(
    'of %s holds for a receiver, over the bytes that are sent',
    async (format) => {
      const request = await sent({ secret, format });
      expect(verified(request, secret)).toEqual(JSON.parse(request.body));
      expect(request.headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
      const forged = { ...request, body: request.body.replace('ACCT', 'OTHER') };
      expect(() => verified(forged, secret)).toThrow('No matching signature');
      expect(() => verified(request, oldSecret)).toThrow('No matching signature');
    },
  );

  it('holds with both secrets while one replaces the other', async () => {
    const request = await sent({ secret, old_secret: oldSecret });
    for (const key of [secret, oldSecret]) verified(request, key);
    const oldAlone = await sent({ old_secret: oldSecret });
    verified(oldAlone, oldSecret);
  });

  it('has the id of the delivery and the time of the attempt', async () => {
    const { headers } = await sent({ secret });
    expect(Math.abs(Number(headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(60_000);
  });

  it('has an id without a full stop, which would part what is signed elsewhere', async () => {
    expect((await sent({ secret })).headers['webhook-id']).toBe('soc_eu-4711');
  });

  it('is left out without a secret', async () => {
    expect((await sent({})).headers).not.toHaveProperty('webhook-signature');
  });
});

it('passes on all that a template says, and nothing of it in a bare message', async () => {
  const template = {
    title: [word('To do: '), { kind: 'code', text: 'PC-1' } as const],
    text: [[word('one')], [word('two')]],
    fields: [{ name: [word('Who')], value: [word('SOC')], isShort: true }],
  };
  for (const format of ['json', 'cloudevents']) {
    const data = async (form: 'full' | 'bare') => {
      const { body } = await sent({ format }, messageOf(storedEvent(), { template, form }));
      return (JSON.parse(body) as { data: object }).data;
    };
    expect(await data('full')).toMatchObject({
      headline: 'one',
      template: {
        ...{ title: 'To do: PC-1', text: 'one\ntwo' },
        fields: [{ title: 'Who', value: 'SOC' }],
      },
    });
    expect(await data('bare')).not.toHaveProperty('template');
  }
});

describe('headers of the configuration', () => {
  it('are sent, each under its name', async () => {
    const { headers } = await sent({
      headers: 'Authorization: Bearer abc\r\nx-api-key:k==\n\n  X-Team: blue team  \n',
    });
    expect(headers).toMatchObject({
      ...{ authorization: 'Bearer abc', 'x-api-key': 'k==', 'x-team': 'blue team' },
      'content-type': 'application/json; charset=utf-8',
    });
  });

  test.each([
    ['Bearer abc', 'has a line without Name: value'],
    ['X-Key: ', 'has a line without Name: value'],
    ['X-Key: ü', 'has a line without Name: value'],
    ['X Key: a', 'has a line without Name: value'],
    ['X-A: 1\nWEBHOOK-Signature: v1,x', 'sets a header'],
    ['webhook-id: 1', 'sets a header'],
    ['Host: evil.example', 'sets a header'],
    ['Content-Length: 0', 'sets a header'],
    ['Transfer-Encoding: chunked', 'sets a header'],
  ])('%j %s', (headers, problem) => {
    const { error } = webhook.config.safeParse({ url: 'https://siem.example.com/', headers });
    expect(error?.issues).toMatchObject([
      { path: ['headers'], message: expect.stringContaining(problem) },
    ]);
  });

  it('are in no error, though the far end echoes them', async () => {
    const farEnd = await startFarEnd(
      ({ headers }, response) => void response.writeHead(403).end(JSON.stringify(headers)),
    );
    const config = webhook.config.parse({
      url: farEnd.origin,
      headers: 'Authorization: Bearer fedcba9876543210\nX-Key: 0123456789',
    });
    const { send } = webhook.create(config, adapterContext());
    const error = await adapterError(send(messageOf(storedEvent()), context));
    expectNoSecret(
      error,
      ['fedcba9876543210', '0123456789'].map((text) => ({ what: 'a header', text })),
    );
  });
});

test.each([
  'whsec_',
  'whsec_short',
  'secret',
  `whsec_${Buffer.alloc(23).toString('base64')}`,
  `whsec_${Buffer.alloc(65).toString('base64')}`,
])('%s is no secret', (one) => {
  const { error } = webhook.config.safeParse({ url: 'https://siem.example.com/', secret: one });
  expect(error?.issues).toMatchObject([
    { message: expect.stringContaining('24 to 64 bytes in base64') },
  ]);
});

test.each([
  ['siem.example.com/in', 'begins with neither https:// nor http://'],
  ['ftp://siem.example.com/in', 'is no http or https URL'],
  ['https://user:word@siem.example.com/', 'holds a user or a password'],
])('%s %s', (url, problem) => {
  const { error } = webhook.config.safeParse({ url });
  expect(error?.issues).toMatchObject([{ message: expect.stringContaining(problem) }]);
});

test.each([
  [200, undefined],
  [202, undefined],
  [204, undefined],
  [301, 'reject_sink'],
  [307, 'reject_sink'],
  [410, 'reject_sink'],
  [429, 'retry'],
  [503, 'retry'],
])('%i of the receiver is %s, and nothing is asked for twice', async (status, outcome) => {
  const farEnd = await startFarEnd(
    (_request, response) =>
      void response.writeHead(status, { location: '/elsewhere', 'retry-after': '7' }).end(),
  );
  const { send } = webhook.create(webhook.config.parse({ url: farEnd.origin }), adapterContext());
  const ended = await send(messageOf(storedEvent()), context).catch((error: unknown) => error);
  expect((ended as { outcome?: string }).outcome).toBe(outcome);
  if (outcome === 'retry') expect(ended).toMatchObject({ retryAfterMs: 7_000 });
  expect(farEnd.received).toHaveLength(1);
});

describe('the format', () => {
  test('each language says an event, a digest and a notice as the files show', async () => {
    for (const { locale, messages } of saidBy({})) {
      const texts: string[] = [];
      for (const message of messages) {
        const { body } = await sent({ format: 'cloudevents' }, message);
        texts.push(JSON.stringify(JSON.parse(body), null, 1));
      }
      await expect(joinedTexts(texts)).toMatchFileSnapshot(saidFile('webhook', locale));
    }
  });

  it('json says type, time and everything of the event', async () => {
    const event = storedEvent();
    expect(JSON.parse((await sent({ format: 'json' })).body)).toMatchObject({
      type: 'tocsin.event',
      timestamp: event.occurredAt,
      data: {
        ...{ id: 4711, source: 'di', severity: 4, severity_name: 'HIGH', external_id: '1203' },
        headline: 'Ransomware on ACCT-PC-07 (CORP\\somchai): blocked, quarantine FAILED',
        body: event.body,
      },
    });
  });

  it('cloudevents is a structured CloudEvent whose attributes hold no text of others', async () => {
    const event = eventOfTexts((field) => `evil-${field}`);
    const { headers, body } = await sent({ format: 'cloudevents' }, messageOf(event));
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const { data, time, ...attributes } = JSON.parse(body);
    expect(attributes).toEqual({
      specversion: '1.0',
      id: 'soc.eu-4711',
      source: 'urn:tocsin:di',
      type: 'org.tocsin.event',
      datacontenttype: 'application/json',
    });
    expect(new Date(time).toISOString()).toBe(time);
    expect(data.body.device.name).toBe('evil-device.name');
  });

  it('ocsf has every attribute that a Detection Finding requires', async () => {
    const finding = JSON.parse((await sent({ format: 'ocsf' })).body);
    expect(finding).toMatchObject({
      ...{ category_uid: 2, class_uid: 2004, activity_id: 1, type_uid: 200401, severity_id: 4 },
      time: Date.parse(storedEvent().occurredAt!),
      metadata: { version: '1.8.0', product: { name: 'Tocsin' } },
      finding_info: { uid: '1203', src_url: 'https://console.example/events/1203' },
      device: { type_id: 0, hostname: 'ACCT-PC-07', ip: '192.0.2.17' },
    });
    expect(finding.evidences[0].file).toMatchObject({
      name: 'invoice 2026-02.pdf.exe',
      type_id: 1,
      hashes: [{ algorithm_id: 3, value: storedEvent().body.file!.hash }],
    });
    expect(finding.attacks).toEqual([
      { technique: { uid: 'T1059.001', name: 'PowerShell' }, tactic: { name: 'Execution' } },
      {
        technique: { uid: 'T1486', name: 'Data Encrypted for Impact' },
        tactic: { name: 'Impact' },
      },
    ]);
  });

  test.each(['json', 'cloudevents', 'ocsf'])(
    '%s is whole for what says next to nothing',
    async (format) => {
      for (const event of [storedEvent({ body: {} }), storedDigest(digestOfGroup)]) {
        const { body } = await sent({ format }, messageOf(event));
        expect(body).not.toMatch(/undefined|null,"uid"/);
      }
    },
  );

  test.each(['json', 'cloudevents', 'ocsf'])('%s in its short form is short', async (format) => {
    const event = eventOfTexts(() => 'x'.repeat(3_000));
    const { body } = await sent({ format }, messageOf(event, { form: 'short' }));
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
  });
});
