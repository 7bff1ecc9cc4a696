// Sink `slack`: one card a message, by an incoming webhook. Its answer names no message, so nothing
// can be edited; `slack_bot` can.
import type { AdapterContext } from '../../kit/adapter.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { failureOf, strangersAnswer } from '../../kit/http/status.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import type { Sink, SinkDefinition } from '../../kit/sink.ts';
import { config, type Mention, routeSettings, type SlackConfig } from './config.ts';
import { limits, postOf, withoutPreviews } from './post.ts';

export { slackBot } from './bot/index.ts';

export const slack: SinkDefinition<typeof config> = {
  type: 'slack',
  config,
  routeSettings,
  example: { url: 'https://hooks.slack.com/services/T00/B00/xxxgeneratedkeyxxx', mention: '!here' },
  secrets: ['url'],
  create,
};

/** Slack takes one message a second from a webhook, and says so only when it refuses. */
const pace = { limit: 1, remaining: 0, resetMs: 1_000 };

function create({ url, ...usual }: SlackConfig, { http, now }: AdapterContext): Sink {
  const address = new URL(url);
  const { host, pathname } = address;
  const place = placeOf(originOf(address), url);
  const headers = { 'content-type': 'application/json' };
  const post = (payload: object, signal: AbortSignal) =>
    http.request({ method: 'POST', url, headers, body: JSON.stringify(payload), signal });
  const isAccepted = ({ status, body }: HttpAnswer) => status === 200 && body.trim() === 'ok';
  const refusal = (answer: HttpAnswer, secrets = [url, pathname]) =>
    failureOf(answer, host, secrets, now()) ?? strangersAnswer(answer, host, 'Slack', secrets);
  /** Slack looks for the webhook before it misses the text. */
  async function check(signal: AbortSignal) {
    const answer = await post({ text: '' }, signal);
    const isKnown = answer.status === 400 && /^(?:no|missing)_text$/.test(answer.body.trim());
    if (!isKnown && !isAccepted(answer)) throw refusal(answer);
  }
  return {
    // Each webhook has a rate of its own, though all are called at one host.
    origin: place,
    place,
    limits,
    can: { table: true, mention: true },
    async send(message, { deliveryId, signal }) {
      const mention = { ...usual, ...(message.settings as Mention | undefined) };
      const payload = { ...postOf(message, deliveryId, mention), ...withoutPreviews };
      const answer = await post(payload, signal);
      if (!isAccepted(answer)) throw refusal(answer);
      return { quota: quotaOf(answer.headers, now()) ?? pace };
    },
    check,
    async inspect(signal) {
      await check(signal);
      const tested = 'answers, and knows the webhook. Not tried: its channel, and mention if set';
      return { tested, remarks: [] };
    },
  };
}
