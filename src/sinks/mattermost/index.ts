// The sink `mattermost`: an incoming webhook. The hook's URL is its only credential, and the server's errors repeat it.
import { z } from 'zod';
import type { AdapterContext } from '../../core/adapter.ts';
import { AdapterError } from '../../core/errors.ts';
import type { HttpAnswer } from '../../core/http.ts';
import { failureOf } from '../../core/http-status.ts';
import type { Sink, SinkDefinition } from '../../core/sink.ts';
import { cardOf, type Post } from './card.ts';
import { en } from './locales/en.ts';
import { th } from './locales/th.ts';

const locales = { en, th };

const config = z.strictObject({
  url: z
    .string()
    .trim()
    .refine(
      isHookUrl,
      'must be the URL of an incoming webhook, as https://chat.example.com/hooks/…, without user, query or fragment',
    )
    .describe('URL of the incoming webhook; a secret'),
  channel: z
    .string()
    .regex(/^[a-z0-9._@#-]{1,128}$/, 'must be the name in the channel’s URL, or @user')
    .optional()
    .describe('Post to this channel instead of the hook’s own; if it is refused, the hook’s own gets the card'),
  mention: z
    .string()
    .regex(/^@[a-z0-9._-]{1,64}$/, 'must be one mention, as @channel or @soc')
    .optional()
    .describe('Whom a CRITICAL card mentions'),
});

type MattermostConfig = z.output<typeof config>;

function isHookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && /^https?:$/.test(url.protocol) && /\/hooks\/[A-Za-z0-9]+$/.test(url.pathname);
}

export const mattermost: SinkDefinition<typeof config> = {
  type: 'mattermost',
  config,
  example: { url: 'https://chat.example.com/hooks/examplehookexamplehookexam' },
  secrets: ['url'],
  create: createMattermost,
};

function createMattermost({ url, channel, mention }: MattermostConfig, context: AdapterContext): Sink {
  const { host, protocol, hostname, port } = new URL(url);
  const secrets = [url, url.slice(url.lastIndexOf('/') + 1)];
  const words = context.locale === 'th' ? locales.th : locales.en;
  const options = { words, timeZone: context.timeZone, mention };

  function post(body: object, signal: AbortSignal): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/plain' };
    return context.http.request({ method: 'POST', url, headers, body: JSON.stringify(body), signal });
  }

  function accept(answer: HttpAnswer): void {
    const failure = failureOf(answer, host, secrets, context.now());
    if (failure) throw failure;
    if (answer.status === 200 && answer.body.trim() === 'ok') return;
    throw new AdapterError(
      'reject_sink',
      'bad_config',
      `${host} answered ${answer.status}, but not as an incoming webhook does: MATTERMOST_WEBHOOK_URL may lead to a login page or a proxy. Open Integrations, Incoming Webhooks in Mattermost and copy the URL again.`,
      { status: answer.status },
    );
  }

  return {
    origin: `${protocol}//${hostname}${port === '' ? '' : `:${port}`}`,
    async send(message, { deliveryId, signal }) {
      const card = cardOf(message, deliveryId, options);
      if (channel === undefined) return accept(await post(card, signal));
      const answer = await post({ ...card, channel }, signal);
      if (answer.status !== 403 && answer.status !== 404) return accept(answer);
      // The hook may work and the channel not: the card must not wait for somebody to mend the name.
      accept(await post(noted(card, words.refusedChannel), signal));
    },
    /** Posts nothing: a channel of this name cannot exist, and the server looks the hook up first. */
    async check(signal) {
      const answer = await post({ text: 'check', channel: 'tocsin-check-no-such-channel--' }, signal);
      if (answer.status === 404 && /^\s*\{/.test(answer.body)) return;
      if (answer.status === 403 && /^\s*\{/.test(answer.body)) return;
      if (answer.status === 400) {
        const message = `${host} does not know the webhook of MATTERMOST_WEBHOOK_URL: it was deleted, or its channel archived. Make a new one under Integrations, Incoming Webhooks.`;
        throw new AdapterError('reject_sink', 'bad_config', message, { status: 400 });
      }
      if (answer.status === 501) {
        const message = `${host} has incoming webhooks switched off: enable them in the System Console under Integration Management.`;
        throw new AdapterError('reject_sink', 'bad_config', message, { status: 501 });
      }
      accept(answer);
    },
  };
}

function noted(card: Post, note: string): Post {
  const [attachment] = card.attachments;
  return attachment
    ? { ...card, attachments: [{ ...attachment, text: [note, attachment.text].filter(Boolean).join('\n') }] }
    : card;
}
