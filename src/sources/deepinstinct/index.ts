// The Deep Instinct sources. Those of the two streams share all but the stream, so that each has its
// own cursor and its own role; a third one follows what becomes of their items.
import type { SourceDefinition } from '../../kit/source.ts';
import { config } from './config.ts';
import { describeCursor } from './cursor.ts';
import { typesOfStream } from './event-types.ts';
import { readItem } from './item.ts';
import { products } from './product.ts';
import { administrative } from './severity.ts';
import { StreamSource } from './source.ts';
import { futureWarning } from './start-from.ts';
import type { Stream } from './stream.ts';

export { deepinstinctChanges } from './changes/index.ts';
export { parseStartFrom, type StartFrom } from './start-from.ts';

function define(type: string, stream: Stream): SourceDefinition<typeof config> {
  return {
    type,
    config,
    example: {
      url: 'https://console.example.com',
      token: 'the-key-of-an-api-connector',
      start_from: '24h',
    },
    secrets: ['token'],
    streams: [stream],
    product: products[stream],
    types: typesOfStream[stream],
    // Events about a device come in the stream of events.
    typesKnown: [...typesOfStream[stream], ...(stream === 'event' ? administrative : [])],
    consoleOf: ({ url }) => url,
    warnings({ start_from }, nowMs) {
      const text = futureWarning(start_from, nowMs);
      return text === undefined ? [] : [{ key: 'start_from', text }];
    },
    describeCursor,
    readItem: (text, settings) => readItem(stream, text, settings),
    create: (settings, context) => new StreamSource(stream, settings, context),
  };
}

export const deepinstinctEvents = define('deepinstinct_events', 'event');
export const deepinstinctSuspiciousEvents = define('deepinstinct_suspicious_events', 'suspicious');
