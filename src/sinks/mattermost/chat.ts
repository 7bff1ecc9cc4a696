// What Mattermost sends when somebody presses a button or writes a slash command, and the answers
// that it takes. The press of a button carries nothing of the server's own that proves where it
// comes from; a command carries its token. Pure.
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Text } from '../../kit/card.ts';
import type { Chat, ChatAnswer, PressedButton, WrittenCommand } from '../../kit/chat.ts';
import { parsedJson } from '../../kit/parsed-json.ts';
import type { People } from '../../kit/people.ts';
import { begun, sealed } from './escape.ts';
import { markdown } from './markdown.ts';
import { limits } from './render.ts';

export interface ChatSettings {
  readonly people: People;
  /** The token of the slash command; undefined: there is none. */
  readonly commandToken: string | undefined;
  readonly isMember?: NonNullable<Chat['isMember']>;
  readonly emailOf?: NonNullable<Chat['emailOf']>;
}

type Request = Parameters<Chat['button']>[0];

/** Of people and posts; any other text is not the server's. */
const id = z.string().regex(/^[A-Za-z0-9]{1,64}$/);
const name = z.string().min(1).max(128);

/** The server sends more; nothing else is read. */
const press = z.object({
  user_id: id,
  user_name: name,
  post_id: id,
  context: z.object({
    token: z.string().max(400),
    // The server does not check that it is one of the choices.
    selected_option: z.string().max(200).optional(),
  }),
});

export function chatOf({ people, commandToken, isMember, emailOf }: ChatSettings): Chat {
  return {
    people,
    hasCommand: commandToken !== undefined,
    button: pressed,
    command: (request) => written(request, commandToken),
    answer: answered,
    ...(isMember !== undefined && { isMember }),
    ...(emailOf !== undefined && { emailOf }),
  };
}

function pressed({ body }: Request): PressedButton | undefined {
  const read = press.safeParse(parsedJson(Buffer.from(body).toString()));
  if (!read.success) return undefined;
  const { user_id, user_name, post_id, context } = read.data;
  return {
    person: { id: user_id, name: user_name },
    token: context.token,
    value: context.selected_option,
    messageId: post_id,
  };
}

function written(
  { headers, body }: Request,
  expected: string | undefined,
): WrittenCommand | undefined {
  if (expected === undefined) return undefined;
  const form = new URLSearchParams(Buffer.from(body).toString());
  const sent = /^Token (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? form.get('token');
  if (sent === null || !isSame(sent, expected)) return undefined;
  const read = z.object({ id, name }).safeParse({
    id: form.get('user_id'),
    name: form.get('user_name'),
  });
  return read.success ? { person: read.data, text: form.get('text') ?? '' } : undefined;
}

/** Takes the same time wherever they differ, and however long they are. */
function isSame(one: string, other: string): boolean {
  const hashOf = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hashOf(one), hashOf(other));
}

const cutSign = '…';

function answered({ to, lines, message }: ChatAnswer): object {
  const text = textOf(lines);
  if (to === 'command') return { response_type: 'ephemeral', text };
  return { ...(text !== '' && { ephemeral_text: text }), ...(message && { update: message }) };
}

/** As many lines as one message holds. */
function textOf(lines: readonly Text[]): string {
  let text = '';
  for (const line of lines) {
    const shown = shownLine(line);
    if (text.length + shown.length + 2 > limits.total)
      return `${sealed(text.slice(1))}\n${cutSign}`;
    text += `\n${shown}`;
  }
  return sealed(text.slice(1));
}

/** What has several lines itself stands on lines of its own. */
function shownLine(line: Text): string {
  const at = line.findIndex(({ kind }) => kind === 'block');
  if (at < 1) return begun(markdown(line));
  return `${begun(markdown(line.slice(0, at)))}\n${markdown(line.slice(at))}`;
}
