// What the tests of the card share: cards of events and of notices, their fields and their size.
import type { EventBody, Notice, StoredEvent } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import type { Message } from '../../../src/kit/sink.ts';
import { cardOf } from '../../../src/sinks/mattermost/card.ts';
import type { Payload } from '../../../src/sinks/mattermost/payload.ts';
import { createWording } from '../../../src/sinks/mattermost/wording.ts';
import { sources } from '../../../src/sources/index.ts';
import { storedEvent } from '../../support/events.ts';
import { attachmentLength, blocksOf } from './model.ts';

const wordings = {
  en: createWording('en', 'Asia/Bangkok'),
  th: createWording('th', 'Asia/Bangkok'),
};
const productOf = createProductOf([], sources);

export function card(
  event: StoredEvent,
  more: Partial<Message> = {},
  locale: 'en' | 'th' = 'en',
  options = {},
): Payload {
  const message: Message = { event, form: 'full', showTenant: true, ...more };
  return cardOf(message, 'delivery-1', {
    wording: wordings[locale],
    productOf,
    hasPriority: false,
    ...options,
  });
}

export function withBody(body: EventBody, more: Partial<StoredEvent> = {}): StoredEvent {
  return storedEvent({ body, ...more });
}

/** Titles to values of a card's fields. */
export function fields(event: StoredEvent, more: Partial<Message> = {}): Record<string, string> {
  const [attachment] = card(event, more).attachments;
  return Object.fromEntries(attachment!.fields.map(({ title, value }) => [title, value]));
}

export function notice(kind: Notice['kind'], values: Notice['values']): StoredEvent {
  return storedEvent({
    source: 'tocsin',
    stream: 'notice',
    type: kind.toUpperCase(),
    severity: 1,
    body: { notice: { kind, values } },
  });
}

/** In bytes of JSON, code points of the text and of the attachment, and blocks of a client. */
export function sizes(post: Payload) {
  return {
    bytes: Buffer.byteLength(JSON.stringify(post)),
    text: [...post.text].length,
    attachment: attachmentLength(post),
    blocks: blocksOf({ ...post.attachments[0] }),
  };
}
