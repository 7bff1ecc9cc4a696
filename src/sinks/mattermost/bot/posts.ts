// One message as the posts of a bot: the card, its details as a reply, an edit, a reply. Pure.
import { createHmac } from 'node:crypto';
import type { SeverityName } from '../../../kit/event.ts';
import type { Message } from '../../../kit/sink.ts';
import type { DetailsAttachment } from '../attachment.ts';
import { isUrgent, shownOf } from '../post.ts';
import { type CardStyle, renderedDetails } from '../render.ts';
import { reaches } from './config.ts';

export interface BotPostOptions {
  readonly style: CardStyle;
  readonly mention?: string | undefined;
  /** From which severity up; absent: CRITICAL. */
  readonly mentionFrom?: SeverityName | undefined;
  /** Marks CRITICAL cards as urgent. */
  readonly hasPriority: boolean;
  /** The details go into a reply. */
  readonly hasThread: boolean;
  /** From which severity up a card is pinned; absent: none is. */
  readonly pinFrom?: SeverityName | undefined;
  /** An id, or `team/name`. */
  readonly channel: string;
}

/** By `delivery_id` the bot finds its own posts again; by `details_of` the reply with the details. */
export interface Props {
  readonly attachments: readonly DetailsAttachment[];
  readonly tocsin:
    | { readonly delivery_id: string; readonly event_id: number; readonly source: string }
    | { readonly details_of: string };
  /** The server sets it on a post, and an edit must say it again. */
  readonly from_bot?: 'true';
}

export interface NewPost {
  readonly channel_id: string;
  readonly message: string;
  readonly root_id?: string;
  readonly pending_post_id: string;
  readonly is_pinned?: true | undefined;
  readonly metadata?: { readonly priority: { readonly priority: 'urgent' } } | undefined;
  readonly props: Props;
}

export interface Edit {
  readonly message: string;
  readonly props: Props;
  readonly is_pinned?: false | undefined;
}

/** The server gives the first post again for the same id, whoever asks: nobody must guess it. */
export function pendingIdOf(token: string, ...what: readonly string[]): string {
  return createHmac('sha256', token).update(JSON.stringify(what)).digest('base64url');
}

/** Where a post goes, and under which name the server recognises it within half a minute. */
export interface Place {
  readonly channelId: string;
  readonly pendingId: string;
}

export function cardPost(
  message: Message,
  deliveryId: string,
  { channelId, pendingId }: Place,
  options: BotPostOptions,
): NewPost {
  const { text, props } = shownAsCard(message, deliveryId, options);
  return {
    channel_id: channelId,
    message: text,
    pending_post_id: pendingId,
    is_pinned: isPinned(message, options) || undefined,
    metadata: isUrgent(message, options) ? { priority: { priority: 'urgent' } } : undefined,
    props,
  };
}

/** A patch replaces all props; who reads a post back gets none of what its buttons call. */
export function cardEdit(message: Message, deliveryId: string, options: BotPostOptions): Edit {
  const { text, props } = shownAsCard(message, deliveryId, options);
  const isOver = message.card.state?.kind === 'resolved' && isPinned(message, options);
  return {
    message: text,
    props: { ...props, from_bot: 'true' },
    is_pinned: isOver ? false : undefined,
  };
}

function shownAsCard(message: Message, deliveryId: string, options: BotPostOptions) {
  const { card } = message;
  const shown = isSplit(message, options) ? { ...card, details: [] } : card;
  const { text, attachment } = shownOf(message, shown, options);
  return { text, props: { attachments: [attachment], tocsin: marksOf(message, deliveryId) } };
}

/** A bare message and a notice are all that there is, and short. */
function isSplit({ card, form }: Message, { hasThread }: BotPostOptions): boolean {
  return hasThread && form !== 'bare' && card.kind !== 'notice';
}

/** Undefined if there is nothing to say below the card. */
export function detailsPost(
  message: Message,
  deliveryId: string,
  { channelId, pendingId }: Place,
  options: BotPostOptions,
): Omit<NewPost, 'root_id'> | undefined {
  if (!isSplit(message, options)) return undefined;
  const attachment = renderedDetails(message.card, options.style);
  if (attachment === undefined) return undefined;
  return {
    channel_id: channelId,
    message: '',
    pending_post_id: pendingId,
    props: { attachments: [attachment], tocsin: { details_of: deliveryId } },
  };
}

export function replyPost(
  message: Message,
  deliveryId: string,
  { channelId, pendingId }: Place,
  options: BotPostOptions,
): Omit<NewPost, 'root_id'> {
  const { text, attachment } = shownOf(message, message.card, options);
  return {
    channel_id: channelId,
    message: text,
    pending_post_id: pendingId,
    props: { attachments: [attachment], tocsin: marksOf(message, deliveryId) },
  };
}

function marksOf({ event }: Message, deliveryId: string) {
  return { delivery_id: deliveryId, event_id: event.id, source: event.source };
}

function isPinned({ card }: Message, { pinFrom }: BotPostOptions): boolean {
  return pinFrom !== undefined && card.kind !== 'notice' && reaches(card.severity, pinFrom);
}
