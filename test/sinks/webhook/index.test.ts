// The sink webhook: the suite of all sinks; its signature by an independent reading of Standard
// Webhooks; and what each format says.
import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { webhook } from '../../../src/sinks/webhook/index.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';
import { describeSink } from '../../contract/sink-suite.ts';
import { digestOfGroup, storedDigest } from '../../support/digests.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';

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
  ...{ url: `${origin}/in/0123456789abcdef?sig=sig-0123456789`, secret, format },
  authorization: 'Bearer fedcba9876543210',
});

describeSink(webhook, { ...harness, config: configFor('json') });

describeSink(webhook, { ...harness, as: 'cloudevents', config: configFor('cloudevents') });

describeSink(webhook, {
  ...harness,
  as: 'ocsf',
  skip: {
    ...harness.skip,
    'a message that may be a repetition says so':
      'shown by the suite, and mended with the sink’s next change',
  },
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

/** As a receiver would verify it. */
function signatureOf({ headers, body }: Received, key: string): string {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const bytes = Buffer.from(key.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', bytes).update(content).digest('base64')}`;
}

describe('the signature', () => {
  it('is over id, time of the attempt and the bytes that are sent', async () => {
    const request = await sent({ secret });
    expect(request.headers['webhook-signature']).toBe(signatureOf(request, secret));
    const at = Number(request.headers['webhook-timestamp']) * 1000;
    expect(at).toBeGreaterThan(Date.parse('2026-01-01'));
  });

  it('is made with both secrets while one replaces the other', async () => {
    const request = await sent({ secret, old_secret: oldSecret });
    const both = [secret, oldSecret].map((key) => signatureOf(request, key)).join(' ');
    expect(request.headers['webhook-signature']).toBe(both);
  });

  it('has an id without a full stop, which would part what is signed elsewhere', async () => {
    expect((await sent({ secret })).headers['webhook-id']).toBe('soc_eu-4711');
  });

  it('is left out without a secret', async () => {
    expect((await sent({})).headers).not.toHaveProperty('webhook-signature');
  });
});

test.each(['whsec_', 'whsec_short', 'secret', `whsec_${'A'.repeat(200)}`])(
  '%s is no secret',
  (one) => {
    const { success } = webhook.config.safeParse({ url: 'https://siem.example.com/', secret: one });
    expect(success).toBe(false);
  },
);

describe('the format', () => {
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
