// What the OpenAPI document says of answers that are streams, which no operation gives.
import type { z } from 'zod';
import type { Json } from './components.ts';
import { streamFields } from './live/fields.ts';

export interface StreamPlace {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly input: z.ZodType;
  /** Beside the fields of `input`. */
  readonly parameters: readonly Json[];
  readonly content: Json;
}

const text = { schema: { type: 'string' } };

export const streamPlaces: readonly StreamPlace[] = [
  {
    path: '/events/stream',
    operationId: 'event-stream',
    summary: 'Each event as it is stored, as server-sent events',
    description:
      'The data of a message is an event as JSON, its id the id of the event. A message of the ' +
      'type `gap` names the events that were not sent (`from`, `to`): search for them.',
    input: streamFields,
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'What came after this event is sent first, as far as it is not too much',
        schema: { type: 'string', pattern: '^\\d{1,15}$' },
      },
    ],
    content: { 'text/event-stream': text },
  },
];
