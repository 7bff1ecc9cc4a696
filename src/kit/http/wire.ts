// Watches how much an exchange reads from its socket. undici's handlers do not know the socket, but
// its diagnostics channel names it in the same call in which an exchange begins.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

type OnSocket = (socket: Socket) => void;

let waiting: OnSocket | undefined;
let isSubscribed = false;

/** Call it when a request begins: `onSocket` runs before the first byte is written. */
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

/** Loopback transfers some 100 MB in this time. */
const watchEveryMs = 50;
const watched = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

/** Calls `look` regularly, from one timer for all watches. @returns how to stop it */
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
