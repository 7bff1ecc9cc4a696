// Makes posts of an accepted payload as the server does: splits it, limits it, and searches it for
// mentions.
import { mentionsIn } from '../markdown/mentions.ts';
import { type Attachment, type Payload, rewritten, withSlackSpellings } from './payload.ts';

export interface Post {
  /** Rises by one with each post of this server; the first is 1. */
  readonly sequence: number;
  /** 26 characters. */
  readonly id: string;
  readonly atMs: number;
  /** The channel's name in URLs. */
  readonly channel: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly props: Readonly<Record<string, unknown>>;
  /** `props.tocsin.delivery_id`; absent on posts that Tocsin did not send. */
  readonly deliveryId?: string;
  /** Whom the post notified, as `@name`; empty if it pinged nobody. */
  readonly mentions: readonly string[];
  /** How many of the 100 blocks that a client draws the post needs. */
  readonly blocks: number;
  /** Who posted by the API; absent for a post of a webhook. */
  readonly userId?: string;
  /** The post to which this one is a reply. */
  readonly rootId?: string;
  /** As a label beside the name. */
  readonly priority?: string;
  readonly isPinned?: boolean;
  readonly isDeleted?: boolean;
  /** Of the last edit of text or props: the client shows "Edited". */
  readonly editedAtMs?: number;
  /** Of the last change of any kind. */
  readonly updatedAtMs?: number;
  /** How often text or props were edited. */
  readonly edits?: number;
  readonly reactions?: readonly Reaction[];
}

export interface Reaction {
  readonly userId: string;
  /** `white_check_mark` */
  readonly emoji: string;
}

/** What a post says. */
export type PostDraft = Pick<
  Post,
  'text' | 'attachments' | 'props' | 'deliveryId' | 'mentions' | 'blocks'
>;

/** The longest text of one post, in code points. */
export const textLengthMax = 16_383;
const propsLengthMax = 800_000;
const ownPropsLengthMax = 760_000;

/** Undefined if props or an attachment are too large: the server then answers 400. */
export function draftPosts({ text, attachments, props }: Payload): PostDraft[] | undefined {
  const own = props ?? {};
  if (codePoints(JSON.stringify(own)) > ownPropsLengthMax) return undefined;
  const groups = groupAttachments(
    (attachments ?? []).filter((one) => one !== null).map(rewritten),
    own,
  );
  if (groups === undefined) return undefined;
  const texts = splitText(withSlackSpellings(text ?? ''));
  const last = texts.length - 1;
  return [
    ...texts.map((part, index) => draft(part, index === last ? (groups[0] ?? []) : [], own)),
    ...groups.slice(1).map((group) => draft('', group, own)),
  ];
}

/** Cuts exactly at the limit, without regard to words or code. */
function splitText(text: string): string[] {
  if (text.length <= textLengthMax) return [text];
  const points = [...text];
  const parts: string[] = [];
  for (let from = 0; from < points.length; from += textLengthMax) {
    parts.push(points.slice(from, from + textLengthMax).join(''));
  }
  return parts;
}

/**
 * Puts as many attachments into a post as its props may hold. The text of an attachment that is too
 * large by itself is cut.
 */
function groupAttachments(
  attachments: readonly Attachment[],
  own: object,
): Attachment[][] | undefined {
  const room = propsLengthMax - codePoints(JSON.stringify(own)) - 50;
  const groups: Attachment[][] = [];
  let left = 0;
  for (const whole of attachments) {
    const fitting = cutToFit(whole, room);
    if (fitting === undefined) return undefined;
    const length = codePoints(JSON.stringify(fitting));
    if (groups.length === 0 || length > left) {
      groups.push([]);
      left = room;
    }
    groups.at(-1)!.push(fitting);
    left -= length;
  }
  return groups;
}

function cutToFit(attachment: Attachment, room: number): Attachment | undefined {
  const over = codePoints(JSON.stringify(attachment)) - room;
  if (over <= 0) return attachment;
  const text = [...(attachment.text ?? '')];
  return text.length < over
    ? undefined
    : { ...attachment, text: text.slice(0, text.length - over).join('') };
}

/** Of what was sent by the API or as the answer to a click: it is neither split nor rewritten. */
export function draft(
  text: string,
  attachments: readonly Attachment[],
  props: Readonly<Record<string, unknown>>,
): PostDraft {
  const searched = attachments.flatMap(({ pretext, text, fields }) => [
    pretext ?? '',
    text ?? '',
    ...(fields ?? []).map((field) => textOfValue(field?.value)),
  ]);
  const deliveryId = (props.tocsin as { delivery_id?: unknown } | undefined)?.delivery_id;
  return {
    text,
    attachments,
    props,
    mentions: [...new Set([text, ...searched].flatMap(mentionsIn))],
    blocks: attachments.reduce((sum, attachment) => sum + blocksOf(attachment), 0),
    ...(typeof deliveryId === 'string' ? { deliveryId } : {}),
  };
}

/** The server turns every value into text. */
export function textOfValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A field without a value is not drawn. */
export function fieldsDrawn({
  fields,
}: Attachment): { title: string; value: string; isShort: boolean }[] {
  return (fields ?? []).flatMap((field) => {
    const value = textOfValue(field?.value);
    return value === ''
      ? []
      : [{ title: field?.title ?? '', value, isShort: field?.short === true }];
  });
}

/** How many blocks current clients make of an attachment. */
function blocksOf(attachment: Attachment): number {
  const fields = fieldsDrawn(attachment);
  const short = fields.filter(({ isShort }) => isShort).length;
  const single = [
    attachment.title,
    attachment.text,
    attachment.author_name,
    attachment.footer,
    attachment.pretext,
  ];
  const actions = attachment.actions?.length ?? 0;
  return (
    1 +
    single.filter((text) => (text ?? '') !== '').length +
    (fields.length > 0 ? 1 : 0) +
    Math.ceil(short / 2) * 7 +
    (fields.length - short) * 3 +
    (actions > 0 ? 1 + actions : 0)
  );
}

function codePoints(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    if (
      (text.charCodeAt(index) & 0xfc00) === 0xd800 &&
      (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
    )
      length -= 1;
  }
  return length;
}
