// Sink `elasticsearch`: a document for each event, in an index or a data stream of Elasticsearch or
// OpenSearch. Its id is the same on every attempt, so what is sent twice stands there once.
import { z } from 'zod';
import { AdapterError } from '../kit/errors.ts';
import { recordFormat, recordOf, timeOf } from '../kit/event-data.ts';
import { createCaller, jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { answerText, failureOf } from '../kit/http/status.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

const credential = (description: string) => z.string().min(1).optional().describe(description);

const config = z
  .strictObject({
    url: webUrl.describe('The address of the cluster, such as https://search.example.com:9200.'),
    index: z
      .string()
      .regex(/^(?![-_+.])[^A-Z\s"*\\<>|,/?#:]{1,200}$/, 'is no name of an index or a data stream')
      .describe('The index or the data stream, in small letters.'),
    api_key: credential('The key as the cluster encodes it, for Authorization: ApiKey.'),
    username: credential('In place of a key.'),
    password: credential('The password of username.'),
    format: recordFormat,
  })
  .superRefine(({ api_key, username, password }, { addIssue }) => {
    if ((username === undefined) !== (password === undefined)) {
      const [path, other] =
        username === undefined ? ['username', 'password'] : ['password', 'username'];
      addIssue({ code: 'custom', path: [path!], message: `is missing, and ${other} is there` });
    } else if (api_key !== undefined && username !== undefined)
      addIssue({ code: 'custom', path: ['api_key'], message: 'is there, and username as well' });
  });
type Config = z.output<typeof config>;

const created = z.looseObject({ result: z.literal('created') });
const failed = z.looseObject({ error: z.looseObject({ type: z.string() }) });

export const elasticsearch: SinkDefinition<typeof config> = {
  type: 'elasticsearch',
  config,
  example: {
    url: 'https://search.example.com:9200',
    index: 'logs-tocsin-default',
    api_key: 'ZXhhbXBsZTpleGFtcGxl',
  },
  secrets: ['api_key', 'password'],
  create(settings, context) {
    const { url, index, format } = settings;
    const base = `${url.replace(/\/+$/, '')}/${encodeURIComponent(index)}/_create/`;
    const { host } = new URL(url);
    const origin = originOf(new URL(url));
    const [authorization, secrets] = credentialOf(settings);
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const call = createCaller(context, {
      product: 'Elasticsearch',
      headers,
      secrets,
      accepts: created,
      refusal: (answer, host) => refusalOf(answer, host, secrets),
    });
    const check = async (signal: AbortSignal) => {
      const { http, now } = context;
      const answer = await http.request({ method: 'PUT', url: `${base}check`, headers, signal });
      // A document without content is refused to whoever may ask at all.
      if (answer.status === 400 && typeOf(answer) !== undefined) return;
      throw failureOf(answer, host, secrets, now()) ?? stranger(answer, host);
    };
    return {
      origin,
      place: placeOf(origin, index),
      async send(message, { deliveryId, signal }) {
        const id = idOf(message, deliveryId);
        const body = { '@timestamp': timeOf(message), ...recordOf(format, message, deliveryId) };
        try {
          const { quota } = await call({
            ...{ method: 'PUT', url: base + encodeURIComponent(id), body, signal },
          });
          return { remoteId: id, quota };
        } catch (error) {
          if (error instanceof Present) return { remoteId: id };
          throw error;
        }
      },
      check,
      async inspect(signal) {
        await check(signal);
        return {
          tested: 'answers, and takes the credential. Not tried: whether it may write to the index',
          remarks: [],
        };
      },
    };
  },
};

/** The value of the header, and what must not be seen of an answer. */
function credentialOf({ api_key, username, password }: Config): [string | undefined, string[]] {
  if (api_key !== undefined) return [`ApiKey ${api_key}`, [api_key]];
  if (username === undefined || password === undefined) return [undefined, []];
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return [`Basic ${basic}`, [password, basic]];
}

/** Numbers begin anew in another database, and must not hit a document of the one before. */
function idOf({ event }: Message, deliveryId: string): string {
  return `${deliveryId}.${Date.parse(event.receivedAt).toString(36)}`;
}

/** An earlier attempt had made the document. */
class Present extends AdapterError {}

/** What is said of the index or of the cluster, and not of the event. */
const ofIndex: Readonly<Record<string, string>> = {
  index_not_found_exception: 'There is no such index, and none is made. Create it, or check index.',
  invalid_index_name_exception: 'No index can have this name. Check index.',
  index_closed_exception: 'The index is closed. Open it there.',
};

function refusalOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[],
): AdapterError | undefined {
  const { status } = answer;
  const type = typeOf(answer);
  if (type === undefined || status < 400) return undefined;
  const facts = { status, answer: answerText(answer, secrets) };
  if (status === 409 && type === 'version_conflict_engine_exception')
    return new Present('reject_event', 'rejected', `${host} has it already.`, facts);
  const said = `${host} answered ${status} (${type}).`;
  if (type === 'cluster_block_exception')
    return new AdapterError(
      'retry',
      'server_error',
      `${said} It takes no writing now; its disks may be full. It is tried again.`,
      facts,
    );
  const advice = Object.hasOwn(ofIndex, type) ? ofIndex[type] : undefined;
  if (advice === undefined || status === 429 || status >= 500) return undefined;
  return new AdapterError('reject_sink', 'bad_config', `${said} ${advice}`, facts);
}

/** Undefined if it is no error of the cluster. */
function typeOf(answer: HttpAnswer): string | undefined {
  return failed.safeParse(jsonOf(answer)).data?.error.type;
}

function stranger({ status }: HttpAnswer, host: string): AdapterError {
  const message = `${host} answered ${status} to a document without content, which no cluster does. Check the url of this sink.`;
  return new AdapterError('reject_sink', 'bad_config', message, { status });
}
