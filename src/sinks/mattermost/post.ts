// One message as the post that carries it: where to, whom it pings, how urgent it is. Pure.
import type { Card } from '../../kit/card.ts';
import type { SeverityName } from '../../kit/event.ts';
import { mentionsOf } from '../../kit/mention.ts';
import type { Message } from '../../kit/sink.ts';
import type { Attachment } from './attachment.ts';
import { mentionSyntax } from './config.ts';
import { type CardStyle, type Look, type Rendered, rendered } from './render.ts';

/** On the wire, as the server decodes it; older servers ignore keys that they do not know. */
export interface Payload {
  readonly text: string;
  readonly username?: string | undefined;
  readonly icon_url?: string | undefined;
  /** Absent: the webhook's own channel. */
  readonly channel?: string | undefined;
  readonly priority?: { readonly priority: 'important' | 'urgent' } | undefined;
  readonly attachments: readonly Attachment[];
  /** The server neither shows nor reserves this key. Readers find duplicates by it. */
  readonly props: {
    readonly tocsin: {
      readonly delivery_id: string;
      readonly event_id: number;
      readonly source: string;
    };
  };
}

export interface PostOptions {
  readonly style: CardStyle;
  /** Configured text that pings, such as `@soc`. */
  readonly mention?: string | undefined;
  /** From which severity up it does; absent: CRITICAL. */
  readonly mentionFrom?: SeverityName | undefined;
  readonly username?: string | undefined;
  readonly iconUrl?: string | undefined;
  /** Marks CRITICAL posts as urgent. */
  readonly hasPriority: boolean;
  /** Where to post instead of the webhook's own channel. */
  readonly channel?: string | undefined;
  /** The configured channel, if it was refused and the post goes to the webhook's own. */
  readonly refusedChannel?: string | undefined;
}

export function postOf(message: Message, deliveryId: string, options: PostOptions): Payload {
  const { event } = message;
  const { username, iconUrl, channel, refusedChannel } = options;
  const card =
    refusedChannel === undefined
      ? message.card
      : { ...message.card, remarks: [...message.card.remarks, message.elsewhere(refusedChannel)] };
  const { text, attachment } = shownOf(message, card, options);
  return {
    text,
    username,
    icon_url: iconUrl,
    channel,
    priority: isUrgent(message, options) ? { priority: 'urgent' } : undefined,
    attachments: [attachment],
    props: { tocsin: { delivery_id: deliveryId, event_id: event.id, source: event.source } },
  };
}

/** What a post shows of a message, with `card` in place of its own. */
export function shownOf(
  message: Message,
  card: Card,
  { style, mention, mentionFrom }: Pick<PostOptions, 'style' | 'mention' | 'mentionFrom'>,
): Rendered {
  const setting = { mention, mention_from: mentionFrom };
  const pinged = mentionsOf(message, setting, mentionSyntax).join(' ') || undefined;
  const look = { style, mention: pinged, actionsUrl: message.actionsUrl };
  return message.form === 'short' ? renderedShort(card, look) : rendered(card, look);
}

/** Old servers take 7,600 characters of an attachment, and answer as if the post were wrong. */
const shortBytesMax = 6_400;

/** Without the last of its facts where writing them takes more than others: emoji, escapes. */
function renderedShort(card: Card, look: Look): Rendered {
  let shown = rendered(card, look);
  for (let { fields, details } = card; bytesOf(shown) > shortBytesMax && fields.length > 0; ) {
    if (details.length > 0) details = details.slice(0, details.length / 2);
    else fields = fields.slice(0, fields.length / 2);
    shown = rendered({ ...card, fields, details }, look);
  }
  return shown;
}

function bytesOf(shown: Rendered): number {
  return Buffer.byteLength(JSON.stringify(shown));
}

/** Some servers refuse every priority, so the form that must get through has none. */
export function isUrgent({ card, form }: Message, { hasPriority }: PostOptions): boolean {
  return hasPriority && card.severity === 5 && form !== 'bare';
}
