// What the tests of the bot share: a bot at the simulated server, and messages to send.
import { onTestFinished } from 'vitest';
import {
  type Account,
  type Mattermost,
  type MattermostOptions,
  startMattermost,
} from '../../../../simulators/mattermost/index.ts';
import type { Card } from '../../../../src/kit/card.ts';
import type { StoredEvent } from '../../../../src/kit/event.ts';
import type { Message, SendContext, Sink } from '../../../../src/kit/sink.ts';
import { mattermostBot } from '../../../../src/sinks/mattermost/index.ts';
import { adapterContext } from '../../../contract/adapter-cases.ts';
import { storedEvent } from '../../../support/events.ts';
import { messageOf } from '../../../support/voice.ts';

export const channel = 'security-alerts';

export interface Stage {
  readonly server: Mattermost;
  readonly bot: Account;
  readonly sink: Sink;
  /** Another process with the same configuration. */
  restarted(settings?: object): Sink;
}

/** Must be called within a test. */
export async function stageOf(
  settings: object = {},
  options: MattermostOptions = {},
): Promise<Stage> {
  const server = await startMattermost(options);
  onTestFinished(() => server.close());
  const bot = server.addBot('tocsin-bot', { channels: [channel] });
  const usual = { url: server.url, token: bot.token, channel: `secops/${channel}`, ...settings };
  const restarted = (more: object = {}) =>
    mattermostBot.create(mattermostBot.config.parse({ ...usual, ...more }), adapterContext());
  return { server, bot, sink: restarted(), restarted };
}

/** Stored just now, unless the test says otherwise. */
export function eventNow(more: Partial<StoredEvent> = {}): StoredEvent {
  return storedEvent({ receivedAt: new Date().toISOString(), ...more });
}

export function messageNow(more: Partial<StoredEvent> = {}, card: Partial<Card> = {}): Message {
  const message = messageOf(eventNow(more), {}, sinkOfDefaults);
  return { ...message, card: { ...message.card, ...card } };
}

const sinkOfDefaults = { can: { table: true, mention: true } } as const;

export function contextOf(deliveryId = 'soc-4711'): SendContext {
  return { deliveryId, attempt: 1, signal: new AbortController().signal };
}

/** Sends it, and gives the id of the card. */
export async function sent(sink: Sink, message = messageNow(), deliveryId?: string) {
  const receipt = await sink.send(message, contextOf(deliveryId));
  return receipt?.remoteId ?? '';
}

/** `GET /channels/…/posts`: what was asked of the API, without ids and queries. */
export function callsOf({ requests }: Mattermost): string[] {
  return requests.log.map(({ call = 'hook' }) =>
    call.replace(/\/api\/v4|\?.*$/g, '').replace(/[a-z0-9]{26}/g, '…'),
  );
}
