// Sink `splunk_hec`: each event to the HTTP Event Collector of Splunk. It keeps no key of an event,
// so what is sent twice stands there twice, with the same `delivery_id`.
import { z } from 'zod';
import { AdapterError } from '../kit/errors.ts';
import { recordFormat, recordOf, timeOf } from '../kit/event-data.ts';
import { createCaller, jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { answerText, failureOf } from '../kit/http/status.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

const name = z.string().trim().min(1).max(255);

const config = z.strictObject({
  url: webUrl.describe('The address of the collector, such as https://splunk.example.com:8088.'),
  token: z.string().min(1).describe('The token of the collector.'),
  index: name.optional().describe('The index; absent: the one that the token has by default.'),
  source: name.default('tocsin').describe('What Splunk calls the source of each event.'),
  sourcetype: name.default('tocsin').describe('What Splunk calls the type of its source.'),
  format: recordFormat,
});

const accepted = z.looseObject({ code: z.literal(0) });
const coded = z.looseObject({ code: z.int() });
/** The collector's code for a request without data, which it says only to a token that it knows. */
const noData = 5;

export const splunkHec: SinkDefinition<typeof config> = {
  type: 'splunk_hec',
  config,
  example: {
    url: 'https://splunk.example.com:8088',
    token: '00000000-0000-4000-8000-000000000000',
    index: 'security',
  },
  secrets: ['token'],
  create({ url, token, index, source, sourcetype, format }, context) {
    const base = url.replace(/\/+$/, '');
    const address = `${base}/services/collector/event`;
    const origin = originOf(new URL(url));
    const { host } = new URL(url);
    const headers = { authorization: `Splunk ${token}` };
    const secrets = [token];
    const refusal = (answer: HttpAnswer) => refusalOf(answer, host, secrets);
    const call = createCaller(context, {
      product: 'Splunk',
      headers,
      secrets,
      accepts: accepted,
      refusal,
    });
    const check = async (signal: AbortSignal) => {
      const { http, now } = context;
      const answer = await http.request({ method: 'POST', url: address, headers, signal });
      if (codeOf(answer) === noData) return;
      throw refusal(answer) ?? failureOf(answer, host, secrets, now()) ?? stranger(answer, host);
    };
    return {
      origin,
      place: placeOf(origin, token),
      async send(message, { deliveryId, signal }) {
        const body = {
          time: Date.parse(timeOf(message)) / 1000,
          ...{ index, source, sourcetype },
          event: recordOf(format, message, deliveryId),
        };
        const { quota } = await call({ url: address, body, signal });
        return { quota };
      },
      check,
      async inspect(signal) {
        await check(signal);
        return {
          tested: 'answers, and knows the token. Not tried: whether it may write to the index',
          remarks: [],
        };
      },
    };
  },
};

/** What a 400 says of the token or of its settings, and not of the event. */
const settings: Readonly<Record<number, string>> = {
  7: 'The token may not write to this index. Check index, or allow it to the token there.',
  10: 'The token wants an acknowledgement of the indexer. Switch that off for it there.',
  11: 'The token wants an acknowledgement of the indexer. Switch that off for it there.',
  16: 'It takes the token from the address alone. Check how it is set up.',
};

function refusalOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[],
): AdapterError | undefined {
  const advice = answer.status === 400 ? settings[codeOf(answer) ?? 0] : undefined;
  if (advice === undefined) return undefined;
  const facts = { status: answer.status, answer: answerText(answer, secrets) };
  return new AdapterError('reject_sink', 'bad_config', `${host} answered 400. ${advice}`, facts);
}

function codeOf(answer: HttpAnswer): number | undefined {
  return coded.safeParse(jsonOf(answer)).data?.code;
}

function stranger({ status }: HttpAnswer, host: string): AdapterError {
  const message = `${host} answered ${status} to nothing, which no collector of Splunk does. Check the url of this sink.`;
  return new AdapterError('reject_sink', 'bad_config', message, { status });
}
