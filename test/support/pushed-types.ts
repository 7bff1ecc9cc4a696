// Every type of source that is pushed to, with settings, bodies of its product, and the request that
// the product would make of a body.
import { createHmac } from 'node:crypto';
import { AdapterError } from '../../src/kit/errors.ts';
import { hashId } from '../../src/kit/pushed-item.ts';
import type { PushSource } from '../../src/kit/source.ts';
import { sources } from '../../src/sources/index.ts';
import { signed } from '../sources/sns/signed.ts';
import { sample } from './pushed-samples.ts';

export const secret = 'a-secret-of-32-random-characters';
const standardSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const byHeader = { proof: 'header', secret, rate: 1000 };
const byPath = { ...byHeader, proof: 'path' };
const grafanaSignature = {
  header: 'X-Grafana-Alerting-Signature',
  timestamp_header: 'X-Grafana-Alerting-Timestamp',
  signed: '{timestamp}:{body}',
};
const mapping = {
  ...{ items: 'body.alerts', id: 'item.id', event_type: 'item.name', severity: 'item.level' },
  ...{ time: 'item.at', resolved: 'item.state == "over"', fields: { 'device.name': 'item.host' } },
};
const ofData = { severity: 'item.data.severity', fields: { 'device.name': 'item.data.host' } };

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Sent {
  /** Of the signature, in seconds since the epoch; now if absent. */
  readonly seconds?: number;
  /** The proof is that of another secret. */
  readonly isWrong?: boolean;
}

interface PushedType {
  readonly settings: object;
  readonly bodies: readonly string[];
  /** What stands behind `/hooks/<id>`, and the headers. Absent: a bearer's secret. */
  prove?(body: Bytes, sent: Required<Sent>): Partial<Proved>;
  /** What is posted of a body, where the product wraps it. */
  wrap?(body: string): string;
}

interface Proved {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const hmac = (key: string | Buffer, ...parts: (string | Bytes)[]) => {
  const made = createHmac('sha256', key);
  for (const part of parts) made.update(part);
  return made;
};
const wrongly = (text: string, { isWrong }: Sent) => (isWrong ? `${text}x` : text);
const inPath = (_: Bytes, sent: Required<Sent>) => ({ path: `/${wrongly(secret, sent)}` });
const samples = (folder: string, ...names: string[]) =>
  names.map((name) => sample(`${folder}/${name}`));

const acknowledged = {
  ...{ id: 'e-1', event_type: 'incident.acknowledged', resource_type: 'incident' },
  agent: { type: 'user_reference', summary: 'Ana' },
  data: { type: 'incident', incident_key: 'tocsin:17' },
};
const closed = {
  ...{ action: 'Close', source: { name: '', type: 'web' } },
  alert: {
    alertId: '052652ac-5d1c',
    alias: 'tocsin:17',
    updatedAt: 1772330584764,
    username: 'ana',
  },
};
const tool = {
  alerts: [
    { id: '1', name: 'Miner', level: 'HIGH', at: 1772330584, host: 'pc-1' },
    { id: '2', name: 'Miner', level: 'LOW', state: 'over' },
  ],
};

/** @param sns the origin of an SNS that has the certificate */
export function pushedTypes(sns: string): Readonly<Record<string, PushedType>> {
  return {
    alertmanager: {
      settings: byHeader,
      bodies: samples('alertmanager', 'firing', 'group', 'resolved'),
    },
    cloudevents: {
      settings: { ...byHeader, ...ofData },
      bodies: samples('cloudevents', 'structured', 'batch'),
    },
    elastic: {
      settings: byHeader,
      bodies: samples('elastic', 'summary', 'recovered', 'alone'),
    },
    falco: {
      settings: byPath,
      bodies: samples('falco', 'http-output', 'falcosidekick', 'bare'),
      prove: inPath,
    },
    github: {
      settings: { secret, rate: 1000 },
      bodies: samples('github', 'dependabot', 'dismissed', 'code-scanning', 'leaked'),
      prove: (body, sent) => ({
        headers: {
          'x-hub-signature-256': `sha256=${hmac(wrongly(secret, sent), body).digest('hex')}`,
        },
      }),
    },
    grafana: {
      settings: { ...byHeader, proof: 'signature', signature: grafanaSignature },
      bodies: samples('grafana', 'firing', 'no-data', 'resolved'),
      prove(body, sent) {
        const at = String(sent.seconds);
        const text = hmac(wrongly(secret, sent), `${at}:`, body).digest('hex');
        const { header, timestamp_header } = grafanaSignature;
        return { headers: { [header]: text, [timestamp_header]: at } };
      },
    },
    opsgenie: { settings: byHeader, bodies: [JSON.stringify(closed)] },
    pagerduty: {
      settings: { secret, rate: 1000 },
      bodies: [JSON.stringify({ event: acknowledged })],
      prove: (body, sent) => ({
        headers: {
          'x-pagerduty-signature': `v1=${hmac(wrongly(secret, sent), body).digest('hex')}`,
        },
      }),
    },
    sns: {
      settings: {
        ...{ secret, rate: 1000, endpoint: sns },
        topics: ['arn:aws:sns:eu-central-1:123456789012:security'],
      },
      bodies: ['guardduty', 'securityhub', 'alarm'].map(
        (name) => (JSON.parse(sample(`sns/${name}`)) as { Message: string }).Message,
      ),
      prove: inPath,
      wrap(Message) {
        const MessageId = hashId(Message).slice(-36);
        const SigningCertURL = `${sns}/sns.pem`;
        return JSON.stringify(signed('text', { Message, MessageId, SigningCertURL }));
      },
    },
    splunk: { settings: byPath, bodies: samples('splunk', 'alert', 'unnamed'), prove: inPath },
    standard_webhooks: {
      settings: { secret: standardSecret, rate: 1000, ...ofData },
      bodies: samples('standard_webhooks', 'alert'),
      prove(body, sent) {
        const [id, at] = [`msg_${hmac('id', body).digest('hex')}`, String(sent.seconds)];
        const key = Buffer.alloc(32, sent.isWrong ? 2 : 1);
        const text = hmac(key, `${id}.${at}.`, body).digest('base64');
        return {
          headers: {
            ...{ 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${text}` },
          },
        };
      },
    },
    wazuh: {
      settings: byHeader,
      bodies: samples('wazuh', 'alert', 'shuffle', 'syscheck', 'monitor'),
    },
    webhook: { settings: { ...byHeader, ...mapping }, bodies: [JSON.stringify(tool)] },
  };
}

export interface Posted extends Proved {
  readonly body: Bytes;
}

/** The request that the product makes of bytes that are what it posts. */
export function requestOf(
  [id, type]: readonly [id: string, type: PushedType],
  body: Bytes,
  { seconds = Math.floor(Date.now() / 1000), isWrong = false }: Sent = {},
): Posted {
  const sent = { seconds, isWrong };
  const authorization = `Bearer ${wrongly(secret, sent)}`;
  const { path = '', headers = {} } = type.prove?.(body, sent) ?? { headers: { authorization } };
  return { path: `/hooks/${id}${path}`, headers, body };
}

/** What the source makes of a request; undefined: its body is none. */
export function understood(
  [id, { settings }]: readonly [id: string, type: PushedType],
  { headers, body }: Pick<Posted, 'headers' | 'body'>,
): ReturnType<PushSource['parse']> | undefined {
  const definition = sources[id]!;
  const context = { id, now: Date.now } as never;
  const source = definition.create(definition.config.parse(settings), context) as PushSource;
  try {
    return source.parse({ headers: new Headers(headers), query: new URLSearchParams(), body });
  } catch (error) {
    if (error instanceof AdapterError) return undefined;
    throw error;
  }
}
