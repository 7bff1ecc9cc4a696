// What the OpenAPI document says of answers that are streams, which no operation gives.
import type { z } from 'zod';
import type { Json } from './components.ts';
import { auditLog, events } from './exported.ts';
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
    path: '/audit/export',
    operationId: auditLog.operation,
    summary: 'The audit log as a file, the newest first',
    description:
      'An entry a line, with the hashes that chain them; at most 100,000. The last line is ' +
      '`{"end": true, "next": …}`; a file without it is not whole. Where there are more, `next` ' +
      'is the `cursor` of the next file.',
    input: auditLog.fields,
    parameters: [],
    content: { 'application/x-ndjson': text },
  },
  {
    path: '/events/export',
    operationId: events.operation,
    summary: 'All events that fit the filters as a file, the newest first',
    description:
      'At most 100,000. The last line of ndjson is `{"end": true, "next": …}`; a file without it ' +
      'is not whole. Where there are more, `next` is the `cursor` of the next file; in csv a last ' +
      'line `next: …` has it.',
    input: events.fields,
    parameters: [],
    content: { 'text/csv': text, 'application/x-ndjson': text },
  },
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
