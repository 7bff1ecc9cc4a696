// The sink ntfy: the suite of all sinks, and its own limit.
import { expect, test } from 'vitest';
import { ntfy } from '../../src/sinks/ntfy.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { eventOfTexts } from '../support/events.ts';
import { startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const published = JSON.stringify({ id: 'hwQ2YpKdmg', event: 'message' });
const settings = { topic: 'a-topic-of-the-soc', token: 'tk_0123456789abcdef' };

interface Notification {
  readonly title: string;
  readonly message: string;
  readonly click?: string;
}

describeSink(ntfy, {
  config: (origin) => ({ url: origin, ...settings }),
  success: { status: 200, body: published },
  reads({ body }) {
    const { title, message, click = '' } = JSON.parse(body) as Notification;
    return [
      { where: 'the title', syntax: 'text', text: title },
      { where: 'the message', syntax: 'text with links', text: message },
      { where: 'what a tap opens', syntax: 'text', text: click },
    ];
  },
  exceeded({ body }) {
    const bytes = Buffer.byteLength((JSON.parse(body) as Notification).message);
    return bytes > 4_096 ? [`a message of ${bytes} bytes`] : [];
  },
});

test('a message has at most the 4,096 bytes that ntfy shows', async () => {
  const farEnd = await startFarEnd((_request, response) => void response.end(published));
  const sink = ntfy.create({ url: farEnd.origin, ...settings }, adapterContext());
  const message = messageOf(
    eventOfTexts(() => 'ก'.repeat(3_000)),
    {},
    sink,
  );
  const { signal } = new AbortController();
  await sink.send(message, { deliveryId: 'delivery-1', attempt: 1, signal });
  const sent = JSON.parse(farEnd.received[0]!.body) as { message: string };
  expect(Buffer.byteLength(sent.message)).toBeLessThanOrEqual(4_096);
  expect(sent.message).toContain('ก on ก');
});
