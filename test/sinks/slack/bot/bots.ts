// What the tests of the bot share: a bot at the simulated Slack, and messages to send.
import { onTestFinished } from 'vitest';
import {
  type NewSlackBot,
  type Slack,
  type SlackBot,
  type SlackMessage,
  type SlackOptions,
  startSlack,
} from '../../../../simulators/slack/index.ts';
import type { Card } from '../../../../src/kit/card.ts';
import type { StoredEvent } from '../../../../src/kit/event.ts';
import type { Message, SendContext, Sink } from '../../../../src/kit/sink.ts';
import { slackBot } from '../../../../src/sinks/slack/index.ts';
import { adapterContext } from '../../../contract/adapter-cases.ts';
import { storedEvent } from '../../../support/events.ts';
import { messageOf } from '../../../support/voice.ts';

export const channel = 'soc-alerts';

export interface Stage {
  readonly slack: Slack;
  readonly bot: SlackBot;
  readonly sink: Sink;
  /** Another process with the same configuration, which began a minute ago. */
  restarted(settings?: object): Sink;
  /** One that began just now. */
  begun(): Sink;
}

/** Must be called within a test. */
export async function stageOf(
  settings: object = {},
  options: SlackOptions & Pick<NewSlackBot, 'scopes'> = {},
): Promise<Stage> {
  const slack = await startSlack(options);
  onTestFinished(() => slack.close());
  const scopes = options.scopes === undefined ? {} : { scopes: options.scopes };
  const bot = slack.addBot('tocsin', { channels: [channel], ...scopes });
  const usual = { url: slack.url, token: bot.token, channel: slack.channelId(channel) };
  const begun = (more: object = {}, now: () => number = Date.now) => {
    const config = slackBot.config.parse({ ...usual, ...settings, ...more });
    return slackBot.create(config, { ...adapterContext(), now });
  };
  const restarted = (more: object = {}) => {
    let agoMs = 60_000;
    const sink = begun(more, () => Date.now() - agoMs);
    agoMs = 0;
    return sink;
  };
  return { slack, bot, sink: restarted(), restarted, begun: () => begun() };
}

/** Stored just now, unless the test says otherwise. */
export function messageNow(more: Partial<StoredEvent> = {}, card: Partial<Card> = {}): Message {
  const event = storedEvent({ receivedAt: new Date().toISOString(), ...more });
  const message = messageOf(event, {}, { can: { table: true, mention: true } });
  return { ...message, card: { ...message.card, ...card } };
}

export function contextOf(deliveryId = 'soc-4711'): SendContext {
  return { deliveryId, attempt: 1, signal: new AbortController().signal };
}

/** Sends it, and gives the id of the card. */
export async function sent(sink: Sink, message = messageNow(), deliveryId?: string) {
  const receipt = await sink.send(message, contextOf(deliveryId));
  return receipt?.remoteId ?? '';
}

export function methodsOf({ calls }: Slack): string[] {
  return calls.map(({ method }) => method);
}

export function cardsOf({ messages }: Slack): SlackMessage[] {
  return messages.filter(({ threadTs }) => threadTs === undefined);
}

/** All that people read of it, one text object a line. */
export function textOf({ blocks, attachments }: SlackMessage): string {
  return textsIn([blocks, attachments]).join('\n');
}

function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { text } = value as { readonly text?: unknown };
  const own = typeof text === 'string' ? [text] : [];
  return [...own, ...Object.values(value).flatMap(textsIn)];
}
