// What the tests of the sink share: sinks at the simulated server, or at a far end that answers as a
// test says.
import { onTestFinished } from 'vitest';
import {
  type Mattermost,
  type MattermostOptions,
  startMattermost,
} from '../../../simulators/mattermost/index.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import type { Message, MessageForm, Sink } from '../../../src/kit/sink.ts';
import { mattermost } from '../../../src/sinks/mattermost/index.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { type Answering, type FarEnd, startFarEnd } from '../../support/far-end.ts';
import { messageOf } from './posts.ts';

export const hookId = 'xxexamplehookxxexamplehook';
export const never = new AbortController().signal;

export function message(event: StoredEvent = storedEvent(), form: MessageForm = 'full'): Message {
  return messageOf(event, { form, showTenant: false });
}

export function sinkOf(url: string, settings: object = {}): Sink {
  return mattermost.create(mattermost.config.parse({ url, ...settings }), adapterContext());
}

/** Must be called within a test. */
export async function farEndSink(
  answering: Answering,
  settings: object = {},
): Promise<{ farEnd: FarEnd; sink: Sink }> {
  const farEnd = await startFarEnd(answering);
  return { farEnd, sink: sinkOf(`${farEnd.origin}/hooks/${hookId}`, settings) };
}

/** Must be called within a test. */
export async function server(options: MattermostOptions = {}): Promise<Mattermost> {
  const started = await startMattermost(options);
  onTestFinished(() => started.close());
  return started;
}

export function send(sink: Sink, what = message()): Promise<unknown> {
  return sink.send(what, { deliveryId: 'delivery-1', attempt: 1, signal: never });
}
