// The page on which the demo shows a channel of the simulated Mattermost, kept up to date by
// server-sent events. Loopback only. Somebody who is signed in there may press buttons and write
// commands; else it reads posts and status, and changes nothing.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from '../loopback.ts';
import type { Account, Mattermost, Post } from '../mattermost/index.ts';
import { act, bodyOf, isAct } from './act.ts';
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
  /** Who presses buttons and writes commands; absent: nobody can. */
  readonly viewer?: Account;
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
  const page = new ChannelServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (request, response) =>
    page.answer(request, response),
  );
  return {
    address: server.address,
    async close() {
      page.endStreams();
      await server.close();
    },
  };
}

class ChannelServer {
  readonly #options: ChannelPageOptions;
  readonly #timeZone: string;
  /** How to end each open stream. */
  readonly #streams = new Set<() => void>();

  constructor(options: ChannelPageOptions) {
    this.#options = options;
    this.#timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  endStreams(): void {
    for (const end of [...this.#streams]) end();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { mattermost, signIn, viewer } = this.#options;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    // A web site may have its name lead here; it gets no session, and presses nothing.
    const isOwnHost = /^127\.0\.0\.1:\d+$/.test(request.headers.host ?? '');
    if (pathname === '/tocsin' && request.method === 'GET' && signIn && isOwnHost) {
      const { cookie, address } = await signIn();
      const headers = { 'Set-Cookie': cookie, Location: address, 'Cache-Control': 'no-store' };
      response.writeHead(303, headers).end();
      return;
    }
    // A page of another site cannot send JSON here.
    const isOfPage = isOwnHost && request.headers['content-type'] === 'application/json';
    if (isAct(pathname) && request.method === 'POST' && viewer && isOfPage) {
      const answered = await act(mattermost, viewer, {
        kind: pathname,
        body: await bodyOf(request),
      });
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(answered));
      return;
    }
    const channel = searchParams.get('channel') ?? mattermost.channels[0] ?? '';
    const isKnown = mattermost.channels.includes(channel);
    if (request.method !== 'GET' || !isKnown || !['/', '/stream'].includes(pathname)) {
      response
        .writeHead(404, { 'Content-Type': 'text/plain' })
        .end('There is nothing here. The channel is at /\n');
    } else if (pathname === '/') this.#answerPage(response, channel);
    else {
      // A browser that reconnects names the last post that it has seen.
      const after = Number(request.headers['last-event-id'] ?? searchParams.get('after') ?? 0);
      this.#openStream(response, channel, Number.isFinite(after) ? after : 0);
    }
  }

  #postsOf(channel: string, after: number): Post[] {
    return this.#options.mattermost.posts
      .filter((post) => isShown(post, channel) && post.sequence > after)
      .slice(-postsShown);
  }

  #htmlOf(posts: readonly Post[]): string {
    const { mattermost, viewer } = this.#options;
    const repliesTo = (id: string) =>
      mattermost.posts.filter(({ rootId, isDeleted }) => rootId === id && isDeleted !== true);
    const view = { timeZone: this.#timeZone, isLive: viewer !== undefined };
    return posts.map((post) => postToHtml(post, { ...view, replies: repliesTo(post.id) })).join('');
  }

  #answerPage(response: ServerResponse, channel: string): void {
    const { mattermost, status, links = [], viewer } = this.#options;
    const html = pageDocument({
      channels: mattermost.channels,
      channel,
      postsHtml: this.#htmlOf(this.#postsOf(channel, 0)),
      status: status(),
      links,
      canWrite: viewer !== undefined,
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

  #openStream(response: ServerResponse, channel: string, after: number): void {
    const { mattermost, status } = this.#options;
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const send = (event: string, data: unknown, id?: number) =>
      response.write(
        `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
      );
    const sendPosts = (posts: readonly Post[]) => {
      if (posts.length > 0) send('posts', this.#htmlOf(posts), posts.at(-1)!.sequence);
    };
    /** A reply changes what is shown of its root. */
    const sendChanged = (post: Post) => {
      const root = mattermost.posts.find(({ id }) => id === (post.rootId || post.id));
      if (root === undefined || root.channel !== channel) return;
      const html = isShown(root, channel) ? this.#htmlOf([root]) : '';
      send('changed', { sequence: root.sequence, html });
    };
    const sendStatus = () => send('status', statusValues(status()));
    sendPosts(this.#postsOf(channel, after));
    sendStatus();
    const stopListening = mattermost.onPost((post) => {
      if (isShown(post, channel)) sendPosts([post]);
      else sendChanged(post);
    });
    const stopWatching = mattermost.onChange(sendChanged);
    const timer = setInterval(sendStatus, statusEveryMs);
    const end = () => {
      clearInterval(timer);
      stopListening();
      stopWatching();
      this.#streams.delete(end);
    };
    this.#streams.add(end);
    response.on('close', end);
  }
}

/** Replies are shown below their root. */
function isShown({ channel, rootId, isDeleted }: Post, wanted: string): boolean {
  return channel === wanted && !rootId && isDeleted !== true;
}
