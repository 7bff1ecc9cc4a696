// The sender that all contestants share: Tocsin's own card, posted by its own HTTP client; and a
// queue in memory, with a limit on how many are in flight.
import { Composers } from '../../dist/src/core/message/index.js';
import { createHttpClient } from '../../dist/src/kit/http/index.js';
import { createProductOf } from '../../dist/src/kit/product.js';
import { isAccepted } from '../../dist/src/sinks/mattermost/answers.js';
import { postOf } from '../../dist/src/sinks/mattermost/post.js';
import { limits } from '../../dist/src/sinks/mattermost/render.js';
import { sources } from '../../dist/src/sources/index.js';

export const inFlightMax = 32;

const url = process.env.MATTERMOST_WEBHOOK_URL;
const http = createHttpClient();
const productOf = createProductOf(
  [{ id: 'deepinstinct_events', type: 'deepinstinct_events' }],
  sources,
);
const voice = new Composers({ productOf }).voiceOf(
  { limits, can: { table: true } },
  { locale: 'en', timeZone: 'UTC' },
);
const options = { style: 'compact', hasPriority: false };
const headers = { 'content-type': 'application/json' };
const { signal } = new AbortController();
process.once('SIGTERM', () => process.exit());

/**
 * Posts one draft as one card, which names its tenant, because there are several. @throws if it was
 * not accepted, with the answer if there was one
 */
export async function send(draft, timeoutMs) {
  const id = Number(draft.externalId);
  const event = {
    ...draft,
    id,
    source: 'deepinstinct_events',
    receivedAt: new Date().toISOString(),
  };
  const message = voice.message(event, { form: 'full', showTenant: true });
  const answer = await http.request({
    method: 'POST',
    url,
    headers,
    body: JSON.stringify(postOf(message, `bench-${id}`, options)),
    signal,
    timeoutMs,
  });
  if (!isAccepted(answer)) throw Object.assign(new Error(`answered ${answer.status}`), { answer });
}

/**
 * Sends what is offered, oldest first, and reports each; a failure ends the process, because none
 * is expected here.
 */
export function createSendQueue(onSent) {
  let queue = [];
  let head = 0;
  let inFlight = 0;
  let wake;
  function pump() {
    while (inFlight < inFlightMax && head < queue.length) {
      const draft = queue[head];
      head += 1;
      inFlight += 1;
      void send(draft).then(() => {
        inFlight -= 1;
        onSent(draft);
        pump();
      });
    }
    if (queue.length - head < 500) wake?.();
    if (head === queue.length && head > 0) {
      queue = [];
      head = 0;
    } else if (head > 2000) {
      queue = queue.slice(head);
      head = 0;
    }
  }
  return {
    offer(drafts) {
      for (const draft of drafts) queue.push(draft);
      pump();
    },
    /** Resolves once few enough wait, so that memory stays bounded. */
    async hasRoom() {
      while (queue.length - head >= 500) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      wake = undefined;
    },
  };
}
