// Source `sns`: notifications of topics of Amazon SNS. A message proves itself by a signature, whose
// certificate is fetched from SNS alone; a subscription is confirmed where that is switched on.
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
import type { EventDraft } from '../../kit/event.ts';
import { failureOf } from '../../kit/http/status.ts';
import {
  createMeaning,
  type Known,
  meaningSettings,
  meaningWarnings,
  meantEvent,
} from '../../kit/item-meaning.ts';
import type { JsonPieces } from '../../kit/json-pieces.ts';
import { pathSecret, secretsOf } from '../../kit/proof.ts';
import { limitSettings, pushLimits } from '../../kit/push-settings.ts';
import { bodyOf } from '../../kit/pushed-body.ts';
import { boundId, onlyEvent, wordOf } from '../../kit/pushed-item.ts';
import type { PushAnswer, PushRequest, PushSource, SourceDefinition } from '../../kit/source.ts';
import { webUrl } from '../../kit/web-url.ts';
import { Certificates } from './certificates.ts';
import { contentsOf, knownOf } from './contents.ts';
import { certificateUrl, confirmationUrl } from './host.ts';
import { isSigned, readMessage, type SnsMessage } from './message.ts';

const topicForm = /^arn:[a-z-]{3,20}:sns:[a-z0-9-]{3,40}:\d{12}:[A-Za-z0-9_.-]{1,256}$/;

const { items: _, ...ofMessage } = meaningSettings;

const config = z.strictObject({
  ...limitSettings,
  secret: pathSecret.describe('The end of the address, of at least 20 characters.'),
  old_secret: pathSecret
    .optional()
    .describe('Is accepted as well, until the subscription has the new one.'),
  topics: z
    .array(z.string().regex(topicForm, 'is no ARN of a topic'))
    .min(1)
    .describe('The ARNs of the topics that are taken; anybody can sign messages of other topics.'),
  confirm: z
    .boolean()
    .default(false)
    .describe('Whether a subscription of these topics is confirmed by itself.'),
  endpoint: webUrl
    .optional()
    .describe('The origin of an SNS that is not of AWS, such as one for tests; AWS if not set.'),
  ...ofMessage,
  id: ofMessage.id.describe(
    'What a message is about, such as item.detail.id; if not set, the id of the message.',
  ),
  event_type: ofMessage.event_type.describe(
    'Its type; if not set, what EventBridge or the alarm is called, else NOTIFICATION.',
  ),
});
type Settings = z.output<typeof config>;

export const sns: SourceDefinition<typeof config> = {
  type: 'sns',
  isPushed: true,
  config,
  example: {
    secret: 'a-secret-of-32-random-characters',
    topics: ['arn:aws:sns:eu-central-1:123456789012:security'],
  },
  secrets: ['secret', 'old_secret'],
  streams: ['event', 'change'],
  warnings: meaningWarnings,
  readItem(text, settings) {
    return settings && onlyEvent({ parse: parserOf(settings, 'sns') }, text);
  },
  create,
};

function create(settings: Settings, context: AdapterContext): PushSource {
  const certificates = new Certificates(context);
  return {
    ...{ kind: 'push', ...pushLimits(settings) },
    proof: {
      ...{ kind: 'own', secrets: secretsOf(settings) },
      judge: ({ body }) => judged(readMessage(body).message, settings, certificates),
    },
    answer: (request) => confirmed(request, settings, context),
    parse: parserOf(settings, context.id),
  };
}

/** Why it proves nothing; undefined: it is a message of SNS, of one of the topics. */
async function judged(
  message: SnsMessage,
  { topics, endpoint }: Settings,
  certificates: Certificates,
): Promise<string | undefined> {
  if (!topics.includes(message.TopicArn)) return 'its topic is none of "topics"';
  const url = certificateUrl(message.SigningCertURL, endpoint);
  if (url === undefined) return 'the address of its certificate is none of SNS';
  return isSigned(message, await certificates.keyAt(url))
    ? undefined
    : 'its signature does not fit the message and the certificate of SNS';
}

const timeoutMs = 4_000;

/** Calls the address of a subscription; SNS asks again if that fails. */
async function confirmed(
  { body, method }: PushRequest,
  { confirm, endpoint }: Settings,
  { http, now }: AdapterContext,
): Promise<PushAnswer | undefined> {
  if (!confirm || method !== 'POST') return undefined;
  const { message } = readMessage(body);
  if (message.Type !== 'SubscriptionConfirmation') return undefined;
  const url = confirmationUrl(message.SubscribeURL, message.TopicArn, endpoint);
  if (url === undefined) return undefined;
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await http.request({ method: 'GET', url, headers: {}, signal, timeoutMs });
  const failure = failureOf(answer, new URL(url).host, [message.Token], now());
  if (failure !== undefined) throw failure;
  return { status: 200 };
}

function parserOf(settings: Settings, source: string): PushSource['parse'] {
  const meaning = createMeaning(settings);
  return ({ body }) => {
    const { message, raw } = readMessage(body);
    if (message.Type !== 'Notification') return { events: [ofSubscription(message, raw)] };
    const item = contentsOf(message.Message);
    const known = knownOf(item, message.Subject ?? undefined);
    const all = { ...known, ...idsOf(message), time: known.time ?? message.Timestamp };
    const read = meaning.read({ pieces: piecesOf(message), item, envelope: { raw, known: all } });
    return { events: [meantEvent(read, source)] };
  };
}

/** Somebody has to look at it: nothing arrives of a topic that is not subscribed to. */
function ofSubscription(message: SnsMessage, raw: string): EventDraft {
  const isNew = message.Type === 'SubscriptionConfirmation';
  const known = {
    ...{
      ...idsOf(message),
      time: message.Timestamp,
      severity: isNew ? (1 as const) : (4 as const),
    },
    type: message.Type,
    body: bodyOf({ target: wordOf(message.TopicArn, 500) }),
  };
  const pieces = piecesOf(message);
  return createMeaning({}).read({ pieces, item: message, envelope: { raw, known } }).draft;
}

function piecesOf(value: SnsMessage): JsonPieces {
  return { value, sourceOf: () => undefined };
}

function idsOf({ MessageId }: SnsMessage): Pick<Known, 'id' | 'itemId'> {
  const id = wordOf(MessageId);
  return id === undefined ? {} : { id: boundId(id), itemId: boundId(id) };
}
