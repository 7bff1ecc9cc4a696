// Sink `thehive`: an alert for each event, by the API of TheHive 5. Type, source and reference of an
// alert are unique there: one that was created before is found, and not created again. Edits change
// the alert, replies are its comments.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import type { Card } from '../kit/card.ts';
import { linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { commonMarkLines, commonMarkWeight } from '../kit/common-mark.ts';
import { AdapterError } from '../kit/errors.ts';
import { createCaller, jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { failureOf, strangersAnswer } from '../kit/http/status.ts';
import { incidentKey, incidentPrefix } from '../kit/incident-key.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { titleLine } from '../kit/title-line.ts';
import { webUrl } from '../kit/web-url.ts';

const statusName = z.string().min(1).max(64).optional();

const config = z.strictObject({
  url: webUrl.describe('The address of TheHive, without /api.'),
  api_key: z.string().min(10).describe('The API key of a user who may create and update alerts.'),
  organisation: z
    .string()
    .regex(/^[\x21-\x7E]{1,100}$/, 'is no name for a header: letters, digits and signs of ASCII')
    .optional()
    .describe('The organisation, of a user who is in several.'),
  alert_type: z.string().min(1).max(32).default('tocsin').describe('The type of the alerts.'),
  tlp: z
    .int()
    .min(0)
    .max(4)
    .default(2)
    .describe('TLP: 0 clear, 1 green, 2 amber, 3 +strict, 4 red.'),
  pap: z.int().min(0).max(3).default(2).describe('PAP: 0 clear, 1 green, 2 amber, 3 red.'),
  statuses: z
    .strictObject({
      open: statusName,
      acknowledged: statusName,
      snoozed: statusName,
      resolved: statusName,
    })
    .default({})
    .describe('Which of its statuses an alert gets when its incident becomes so here.'),
  prefix: incidentPrefix,
});

const source = 'Tocsin';
/** TheHive takes titles of 512 characters. */
const titleMax = 500;
const limits = { total: 20_000, value: 2_000, weigh: commonMarkWeight };
/** Index = severity number; TheHive has 1 to 4. An unknown severity must not be overlooked. */
const severities = [3, 1, 1, 2, 3, 4] as const;

const named = z.looseObject({ _id: z.string().regex(/^[~\w-]{1,100}$/) });
const user = z.looseObject({ _id: z.string().min(1), login: z.string().min(1) });

export const thehive: SinkDefinition<typeof config> = {
  type: 'thehive',
  config,
  example: {
    url: 'https://thehive.example.com',
    api_key: 'an-example-of-an-api-key',
    statuses: { acknowledged: 'InProgress' },
  },
  secrets: ['api_key'],
  create,
};

function create(settings: z.output<typeof config>, context: AdapterContext): Sink {
  const { url, api_key, organisation, prefix, statuses } = settings;
  const base = `${url.replace(/\/+$/, '')}/api/v1`;
  const origin = originOf(new URL(url));
  const secrets = [api_key];
  const callerOf = <Schema extends z.ZodType>(
    accepts: Schema,
    refusal: (answer: HttpAnswer, host: string) => AdapterError | undefined = () => undefined,
  ) =>
    createCaller(context, {
      product: 'TheHive',
      headers: {
        authorization: `Bearer ${api_key}`,
        ...(organisation !== undefined && { 'x-organisation': organisation }),
      },
      ...{ secrets, accepts, refusal },
    });
  const refusal = (answer: HttpAnswer, host: string) =>
    goneOf(answer, host, secrets, context.now()) ?? unlikeTheHive(answer, host, secrets);
  const post = callerOf(named);
  const comment = callerOf(named, (answer, host) => goneOf(answer, host, secrets, context.now()));
  const patch = callerOf(z.unknown(), refusal);
  const search = callerOf(z.array(named));
  const whoAmI = callerOf(user);
  /** The id of an alert that was created before, by an attempt whose answer was lost. */
  const earlier = async (sourceRef: string, signal: AbortSignal) => {
    const body = { query: queryFor(settings.alert_type, sourceRef) };
    const { value } = await search({ url: `${base}/query?name=alerts`, body, signal });
    return value[0]?._id;
  };
  return {
    origin,
    place: placeOf(origin, api_key, organisation ?? ''),
    limits,
    can: { table: true },
    async send(message, { deliveryId, signal }) {
      const sourceRef = incidentKey(prefix, message.event);
      const body = { ...alertOf(settings, message, deliveryId), sourceRef };
      try {
        const { value, quota } = await post({ url: `${base}/alert`, body, signal });
        return { remoteId: value._id, quota };
      } catch (error) {
        if (!(error instanceof AdapterError && isThere(error))) throw error;
        const remoteId = await earlier(sourceRef, signal);
        if (remoteId === undefined) throw error;
        return { remoteId, isEarlier: true };
      }
    },
    async edit(id, message, { signal }) {
      const { card } = message;
      const status = card.state && statuses[card.state.kind];
      const body = { ...textsOf(card), ...(status !== undefined && { status }) };
      await patch({
        method: 'PATCH',
        url: `${base}/alert/${encodeURIComponent(id)}`,
        body,
        signal,
      });
    },
    async reply(id, { card }, { deliveryId, signal }) {
      const message = `${textsOf(card).description}  \n${deliveryId}`;
      const address = `${base}/alert/${encodeURIComponent(id)}/comment`;
      const { value, quota } = await comment({ url: address, body: { message }, signal });
      return { remoteId: value._id, quota };
    },
    async check(signal) {
      await whoAmI({ method: 'GET', url: `${base}/user/current`, signal });
    },
  };
}

function alertOf(settings: z.output<typeof config>, { card, event }: Message, deliveryId: string) {
  const { alert_type: type, tlp, pap } = settings;
  return {
    ...{ type, source, tlp, pap, ...textsOf(card) },
    severity: severities[card.severity],
    date: Date.parse(event.occurredAt ?? event.receivedAt),
    tags: ['tocsin', card.level, `delivery:${deliveryId}`],
    // It comes from the configuration, never from the event's text.
    ...(card.link === undefined ? {} : { externalLink: card.link }),
  };
}

/** TheHive reads a description as Markdown, and a title as it is. */
function textsOf(card: Card): { title: string; description: string } {
  const lines = linesOfCard(card);
  return {
    title: titleLine(card, titleMax),
    description: commonMarkLines([lines.headline, ...linesBelow(lines)]),
  };
}

function queryFor(type: string, sourceRef: string) {
  const is = (_field: string, _value: string) => ({ _eq: { _field, _value } });
  return [
    { _name: 'listAlert' },
    {
      _name: 'filter',
      _and: [is('type', type), is('source', source), is('sourceRef', sourceRef)],
    },
    { _name: 'page', from: 0, to: 1 },
  ];
}

/** It refuses a second alert with a 400 whose text says so. */
function isThere({ status, answer = '' }: AdapterError): boolean {
  return (status === 400 || status === 409) && /already|conflict/i.test(answer);
}

/** A 404 is about the alert, or about a status that no administrator has made. */
function goneOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[],
  now: number,
): AdapterError | undefined {
  if (answer.status !== 404) return undefined;
  const { status, answer: text } = failureOf(answer, host, secrets, now)!;
  const { message } = (jsonOf(answer) ?? {}) as { message?: unknown };
  const facts = { status, answer: text };
  if (typeof message === 'string' && /status/i.test(message)) {
    const why = `${host} answered 404: it has no such status. Check the statuses of this sink.`;
    return new AdapterError('reject_sink', 'bad_config', why, facts);
  }
  return new AdapterError(
    'reject_event',
    'gone',
    `${host} answered 404: the alert is gone.`,
    facts,
  );
}

/** It accepts a change with 204, or with the alert; a login page answers 200. */
function unlikeTheHive(answer: HttpAnswer, host: string, secrets: readonly string[]) {
  if (answer.status < 200 || answer.status > 299 || answer.status === 204) return undefined;
  if (named.safeParse(jsonOf(answer)).success) return undefined;
  return strangersAnswer(answer, host, 'TheHive', secrets);
}
