// What an exchange has read from its socket, which undici's handlers do not say. Its diagnostics
// channel does: it names the socket in the same call in which an exchange begins.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

type OnSocket = (socket: Socket) => void;

let waiting: OnSocket | undefined;
let isSubscribed = false;

/** To be called when a request begins: `onSocket` is called before its first byte is written. */
export function socketOf(onSocket: OnSocket): void {
  waiting = onSocket;
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe('undici:client:sendHeaders', (message) => {
    const started = waiting;
    waiting = undefined;
    started?.((message as { socket: Socket }).socket);
  });
}

/** In so much time loopback brings some 100 MB. */
const watchEveryMs = 50;
const watched = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

/** Calls `look` again and again, from one timer for all. @returns ends it */
export function watchWire(look: () => void): () => void {
  watched.add(look);
  timer ??= setInterval(() => {
    for (const each of watched) each();
  }, watchEveryMs).unref();
  return () => {
    watched.delete(look);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
