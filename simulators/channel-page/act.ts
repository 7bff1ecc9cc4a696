// What the viewer of the channel does: presses a button, or writes a command. The simulated
// Mattermost does it as that user would.
import type { IncomingMessage } from 'node:http';
import { markdownToHtml } from '../markdown/html.ts';
import type { Account, Mattermost } from '../mattermost/index.ts';

const kinds = ['/press', '/type'] as const;
type Kind = (typeof kinds)[number];

export interface Act {
  readonly kind: Kind;
  readonly body: Readonly<Record<string, string | undefined>>;
}

export function isAct(path: string): path is Kind {
  return (kinds as readonly string[]).includes(path);
}

/** @returns what the viewer alone is shown; without `html`: nothing */
export async function act(
  mattermost: Mattermost,
  viewer: Account,
  { kind, body }: Act,
): Promise<{ readonly html?: string }> {
  const { post = '', action = '', value, text = '', channel = '' } = body;
  const before = mattermost.ephemerals.length;
  const status =
    kind === '/press'
      ? await mattermost.press(post, action, viewer, value)
      : (await mattermost.type(text, channel, viewer)).status;
  if (status !== 200) return { html: markdownToHtml(`Mattermost answered ${status}.`) };
  const shown = mattermost.ephemerals.slice(before).find(({ userId }) => userId === viewer.id);
  return shown === undefined ? {} : { html: markdownToHtml(shown.text) };
}

const bodyBytesMax = 10_000;

/** @throws it is too long, or no JSON */
export async function bodyOf(request: IncomingMessage): Promise<Act['body']> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyBytesMax) throw new Error('more than a press or a command');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Act['body'];
}
