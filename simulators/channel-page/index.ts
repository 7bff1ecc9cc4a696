// The page on which the demo shows a channel of the simulated Mattermost, kept up to date by
// server-sent events. Loopback only; reads posts and status, and presses the buttons of cards.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../loopback.ts';
import type { Account, Mattermost, Post } from '../mattermost/index.ts';
import {
  type ChannelStatus,
  contentSecurityPolicy,
  type PageLink,
  pageDocument,
  statusValues,
} from './document.ts';
import { postToHtml } from './post-html.ts';

export type { ChannelStatus, PageLink } from './document.ts';

export interface ChannelPageOptions {
  readonly mattermost: Mattermost;
  /** Called for each page, and every two seconds while somebody watches. */
  readonly status: () => ChannelStatus;
  readonly links?: readonly PageLink[];
  /** Behind `/tocsin`: signs the browser in to Tocsin's page. Absent: nothing is there. */
  readonly signIn?: () => Promise<SignedIn>;
  /** Who presses the buttons; absent: nobody can. */
  readonly presser?: Account;
  /** Default 0: a free port. */
  readonly port?: number;
  /** IANA name; default the machine's. */
  readonly timeZone?: string;
}

/** Browsers keep cookies by host, whatever the port: one that is set here holds for Tocsin too. */
export interface SignedIn {
  /** A `Set-Cookie` header. */
  readonly cookie: string;
  /** Tocsin's page. */
  readonly address: string;
}

export interface ChannelPage {
  /** `http://127.0.0.1:40123`. */
  readonly address: string;
  close(): Promise<void>;
}

const postsShown = 200;
const statusEveryMs = 2000;

/** @throws if the port is taken */
export async function startChannelPage(options: ChannelPageOptions): Promise<ChannelPage> {
  const { mattermost, status, links = [], signIn } = options;
  const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const viewers = new Set<() => void>();

  const { postsOf, htmlOf } = viewOf(mattermost, timeZone);

  function answerPage(response: ServerResponse, channel: string): void {
    const postsHtml = htmlOf(postsOf(channel, 0));
    const html = pageDocument({
      channels: mattermost.channels,
      channel,
      postsHtml,
      status: status(),
      links,
    });
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    });
    response.end(html);
  }

  function openStream(response: ServerResponse, channel: string, after: number): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const send = (event: string, data: unknown, id?: number) =>
      response.write(
        `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
      );
    const sendPosts = (posts: readonly Post[]) => {
      if (posts.length > 0) send('posts', htmlOf(posts), posts.at(-1)!.sequence);
    };
    const sendStatus = () => send('status', statusValues(status()));
    sendPosts(postsOf(channel, after));
    sendStatus();
    const stopFollowing = followPosts(mattermost, {
      onNew: (post) => {
        if (post.channel === channel) sendPosts([post]);
      },
      onChanged: (root) => {
        const html = isShown(root) ? htmlOf([root]) : '';
        if (root.channel === channel) send('changed', { sequence: root.sequence, html });
      },
    });
    const timer = setInterval(sendStatus, statusEveryMs);
    const stop = () => {
      clearInterval(timer);
      stopFollowing();
      viewers.delete(stop);
    };
    viewers.add(stop);
    response.on('close', stop);
  }

  const server = await listenOnLoopback(options.port ?? 0, async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    // A web site may have its name lead here; it gets no session.
    const isOwnHost = /^127\.0\.0\.1:\d+$/.test(request.headers.host ?? '');
    if (url.pathname === '/tocsin' && request.method === 'GET' && signIn && isOwnHost) {
      const { cookie, address } = await signIn();
      const headers = { 'Set-Cookie': cookie, Location: address, 'Cache-Control': 'no-store' };
      response.writeHead(303, headers).end();
      return;
    }
    if (url.pathname === '/press' && request.method === 'POST' && isOwnHost) {
      await answerPress(options, request, response);
      return;
    }
    const channel = url.searchParams.get('channel') ?? mattermost.channels[0] ?? '';
    const isKnown = mattermost.channels.includes(channel);
    if (request.method !== 'GET' || !isKnown || !['/', '/stream'].includes(url.pathname)) {
      response
        .writeHead(404, { 'Content-Type': 'text/plain' })
        .end('There is nothing here. The channel is at /\n');
    } else if (url.pathname === '/') answerPage(response, channel);
    else {
      // A browser that reconnects names the last post that it has seen.
      const after = Number(request.headers['last-event-id'] ?? url.searchParams.get('after') ?? 0);
      openStream(response, channel, Number.isFinite(after) ? after : 0);
    }
  });
  return {
    address: server.address,
    async close() {
      for (const stop of [...viewers]) stop();
      await server.close();
    },
  };
}

function viewOf({ posts }: Mattermost, timeZone: string) {
  const repliesTo = ({ id }: Post) =>
    posts.filter(({ rootId, isDeleted }) => rootId === id && isDeleted !== true);
  return {
    /** Cards without their replies, oldest first. @param after a sequence */
    postsOf: (channel: string, after: number): Post[] =>
      posts
        .filter((post) => isShown(post) && post.channel === channel && post.sequence > after)
        .slice(-postsShown),
    htmlOf: (shown: readonly Post[]): string =>
      shown.map((post) => postToHtml(post, { timeZone, replies: repliesTo(post) })).join(''),
  };
}

interface Followed {
  onNew(post: Post): void;
  /** Called with a card that was edited or deleted, or that has a reply more. */
  onChanged(root: Post): void;
}

/** @returns how to stop */
function followPosts(mattermost: Mattermost, { onNew, onChanged }: Followed): () => void {
  const changed = ({ id, rootId }: Post) => {
    const root = mattermost.posts.find((post) => post.id === (rootId ?? id));
    if (root !== undefined) onChanged(root);
  };
  const stops = [
    mattermost.onPost((post) => (post.rootId === undefined ? onNew(post) : changed(post))),
    mattermost.onChange(changed),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function isShown({ rootId, isDeleted }: Post): boolean {
  return rootId === undefined && isDeleted !== true;
}

/** A form of another site cannot set the header. */
async function answerPress(
  { mattermost, presser }: ChannelPageOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await readBody(request, 1_000))?.toString() ?? '';
  const { post = '', action = '', value } = JSON.parse(body || '{}') as Record<string, string>;
  if (request.headers['x-press'] === undefined || presser === undefined) {
    response.writeHead(403, { 'Content-Type': 'text/plain' }).end('Nobody can press buttons here.');
    return;
  }
  const before = mattermost.ephemerals.length;
  const status = await mattermost.press(post, action, presser, value);
  const told = mattermost.ephemerals.slice(before).map(({ text }) => text);
  const said = status === 200 ? told.join('\n') : 'Action integration error.';
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ said }));
}
