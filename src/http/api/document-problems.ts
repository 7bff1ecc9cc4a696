// What the OpenAPI document says of answers that are problems.
import type { Json } from './components.ts';
import { titleOf } from './problem.ts';

export const problemSchema: Json = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string', description: 'The same for every problem of this status' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, and what to do' },
  },
  required: ['type', 'title', 'status', 'detail'],
};

const statuses = [400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503] as const;

const retryAfter = {
  'Retry-After': { description: 'In seconds', schema: { type: 'integer' } },
};

/** By status. */
export const problemAnswers: Json = Object.fromEntries(
  statuses.map((status) => [
    String(status),
    {
      description: titleOf(status),
      ...(status === 429 && { headers: retryAfter }),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          example: {
            type: 'about:blank',
            title: titleOf(status),
            status,
            detail: 'A sentence about this request.',
          },
        },
      },
    },
  ]),
);
