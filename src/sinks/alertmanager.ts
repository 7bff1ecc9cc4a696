// Sink `alertmanager`: an alert for each event, by the API v2 of Alertmanager. An alert is known by
// its labels, which are the same whenever its event is told. It is sent once, with an end far enough
// ahead, and not again and again as Prometheus does it.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import { type Card, headlineText } from '../kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { defanged } from '../kit/defang.ts';
import { duration, durationForms } from '../kit/duration.ts';
import { createCaller } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { strangersAnswer } from '../kit/http/status.ts';
import { incidentKey, incidentPrefix } from '../kit/incident-key.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

/** By which its clock may be behind ours. */
const skewMs = 60_000;
const [hourMs, yearMs] = [3_600_000, 31_536_000_000];
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;
const ownLabels = ['alertname', 'severity', 'incident'];

const config = z
  .strictObject({
    url: webUrl.describe('The address of Alertmanager, without /api.'),
    token: z
      .string()
      .min(1)
      .optional()
      .describe('A bearer token; with username, the password of HTTP Basic.'),
    username: z
      .string()
      .min(1)
      .optional()
      .describe('The name of HTTP Basic, where that is wanted.'),
    labels: z
      .record(z.string().regex(labelName, 'is no name of a label'), z.string().max(200))
      .default({})
      .describe('More labels for the routes of Alertmanager, such as {team: soc}.'),
    hold: z
      .string()
      .default('24h')
      .refine((text) => {
        const ms = duration(text);
        return ms !== undefined && ms >= hourMs && ms <= yearMs;
      }, `is no duration from 1h to 1y. ${durationForms}`)
      .transform((text) => duration(text)!)
      .describe('How long an alert fires unless its incident is resolved before.'),
    prefix: incidentPrefix,
  })
  .superRefine(({ token, username, labels }, { addIssue }) => {
    const problem = (key: string, message: string) =>
      addIssue({ code: 'custom', path: [key], message });
    if (username !== undefined && token === undefined)
      problem('token', 'is missing: username has none');
    for (const name of ownLabels) {
      if (Object.hasOwn(labels, name)) problem('labels', `sets ${name}, which Tocsin sets itself`);
    }
  });

/** Alertmanager itself has no limit; what is behind it has. */
const limits = { total: 20_000, value: 2_000 };

const status = z.looseObject({
  cluster: z.looseObject({ status: z.string() }),
  versionInfo: z.looseObject({ version: z.string() }),
});

export const alertmanager: SinkDefinition<typeof config> = {
  type: 'alertmanager',
  config,
  example: {
    url: 'https://alertmanager.example.com',
    token: 'an-example-of-a-token',
    labels: { team: 'soc' },
  },
  secrets: ['token'],
  create,
};

function create(settings: z.output<typeof config>, context: AdapterContext): Sink {
  const { url, prefix } = settings;
  const base = `${url.replace(/\/+$/, '')}/api/v2`;
  const origin = originOf(new URL(url));
  const secrets = secretsOf(settings);
  const common = { product: 'Alertmanager', headers: authorization(settings), secrets };
  const post = createCaller(context, {
    ...{ ...common, accepts: z.undefined() },
    refusal: (answer, host) => unlikeAlertmanager(answer, host, secrets),
  });
  const ask = createCaller(context, { ...common, accepts: status });
  const told = (incident: string, message: Message, deliveryId: string, signal: AbortSignal) => {
    const alert = alertOf({ settings, incident, message, deliveryId, now: context.now() });
    return post({ url: `${base}/alerts`, body: [alert], signal });
  };
  return {
    origin,
    place: placeOf(origin, new URL(url).pathname),
    limits,
    can: { table: true },
    async send(message, { deliveryId, signal }) {
      const incident = incidentKey(prefix, message.event);
      const { quota } = await told(incident, message, deliveryId, signal);
      return { remoteId: incident, quota };
    },
    async edit(incident, message, { deliveryId, signal }) {
      await told(incident, message, deliveryId, signal);
    },
    async check(signal) {
      await ask({ method: 'GET', url: `${base}/status`, signal });
    },
  };
}

function authorization({ token, username }: z.output<typeof config>) {
  if (token === undefined) return {};
  const basic = username !== undefined && basicOf(username, token);
  return { authorization: basic ? `Basic ${basic}` : `Bearer ${token}` };
}

/** In both of its forms, to be hidden wherever one comes back. */
function secretsOf({ token, username }: z.output<typeof config>): string[] {
  if (token === undefined) return [];
  return username === undefined ? [token] : [token, basicOf(username, token)];
}

function basicOf(username: string, token: string): string {
  return Buffer.from(`${username}:${token}`).toString('base64');
}

/** It accepts with 200 and nothing else; a login page has a body. */
function unlikeAlertmanager(answer: HttpAnswer, host: string, secrets: readonly string[]) {
  if (answer.status < 200 || answer.status > 299) return undefined;
  const isItsOwn = answer.status === 200 && !answer.truncated && answer.body.trim() === '';
  return isItsOwn ? undefined : strangersAnswer(answer, host, 'Alertmanager', secrets);
}

interface Told {
  readonly settings: z.output<typeof config>;
  readonly incident: string;
  readonly message: Message;
  readonly deliveryId: string;
  readonly now: number;
}

function alertOf({ settings, incident, message, deliveryId, now }: Told) {
  const { card, event } = message;
  const startsAt = Math.min(Date.parse(event.occurredAt ?? event.receivedAt), now);
  // On the hour, so that the same edit again says the same.
  const later = Math.ceil((now + settings.hold) / hourMs) * hourMs;
  // An end that is yet to come for Alertmanager would leave the later one in force.
  const over = Math.max(startsAt, now - skewMs);
  const isOver = card.state?.kind === 'resolved';
  return {
    labels: {
      ...settings.labels,
      ...{ alertname: 'Tocsin', severity: card.level.toLowerCase(), incident },
    },
    annotations: { ...textsOf(card), delivery_id: deliveryId },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(isOver ? over : later).toISOString(),
    // It comes from the configuration, never from the event's text.
    ...(card.link === undefined ? {} : { generatorURL: card.link }),
  };
}

function textsOf(card: Card): { summary: string; description: string } {
  return {
    summary: defanged(headlineText(card)),
    description: linesBelow(linesOfCard(card)).map(disarmedLine).join('\n'),
  };
}
