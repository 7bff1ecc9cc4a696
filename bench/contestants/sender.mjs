// The sender that most contestants share: Tocsin's own card, posted by its own HTTP client.
import { Composers } from '../../dist/src/core/message/index.js';
import { createHttpClient } from '../../dist/src/kit/http/index.js';
import { createProductOf } from '../../dist/src/kit/product.js';
import { isAccepted } from '../../dist/src/sinks/mattermost/answers.js';
import { postOf } from '../../dist/src/sinks/mattermost/post.js';
import { limits } from '../../dist/src/sinks/mattermost/render.js';
import { sources } from '../../dist/src/sources/index.js';

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
