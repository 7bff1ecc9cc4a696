// The source suite over the smallest source that keeps the contract: shows that the suite asks for
// nothing more, whatever the registry holds.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AdapterError } from '../../src/kit/errors.ts';
import type { EventDraft } from '../../src/kit/event.ts';
import { failureOf } from '../../src/kit/http/status.ts';
import type { SourceDefinition } from '../../src/kit/source.ts';
import { validText } from '../../src/kit/text.ts';
import { describePollSource } from './source-suite.ts';

const config = z.strictObject({
  url: z.string().describe('The address of the list.'),
  key: z.string().describe('Sent with each request.'),
});

/** Reads `{next, lines}`; a line is any JSON text on a line of its own in the page. */
const sample: SourceDefinition<typeof config> = {
  type: 'sample',
  config,
  example: { url: 'https://sample.example/list', key: 'fedcba9876543210' },
  secrets: ['key'],
  create({ url, key }, { http, now }) {
    const { host } = new URL(url);
    return {
      kind: 'poll',
      async poll(cursor, signal) {
        const answer = await http.request({
          method: 'GET',
          url: `${url}?after=${cursor ?? 0}`,
          headers: { key },
          signal,
        });
        const failure = failureOf(answer, host, [key], now());
        if (failure !== undefined) throw failure;
        const { next, lines } = parsePage(answer.body, host);
        return {
          events: lines.map(draftOf),
          cursor: next === null ? null : String(next),
          more: lines.length > 0,
        };
      },
    };
  },
};

const page = z.object({ next: z.int().min(1).nullable(), lines: z.array(z.unknown()) });

function parsePage(body: string, host: string): z.output<typeof page> {
  try {
    return page.parse(JSON.parse(body));
  } catch {
    throw new AdapterError('retry', 'malformed', `${host} answered something that is no page.`);
  }
}

function draftOf(line: unknown): EventDraft {
  const raw = JSON.stringify(line);
  const externalId = createHash('sha256').update(raw).digest('hex').slice(0, 12);
  const word = typeof line === 'object' && line !== null && 'word' in line ? line.word : undefined;
  const type = (typeof word === 'string' && validText(word)) || 'UNRECOGNISED';
  const shared = { status: null, action: null, occurredAt: null, severity: 0 as const, body: {} };
  return { externalId, subject: externalId, stream: 'line', type, raw, ...shared };
}

const first = { word: 'first', n: 1 };
const second = { word: 'สอง', n: 2 };

describePollSource(sample, {
  config: (origin) => ({ url: `${origin}/list`, key: 'fedcba9876543210' }),
  fixtures: [
    {
      name: 'two lines',
      body: JSON.stringify({ next: 7, lines: [first, second] }),
      cursor: '5',
      events: [
        [draftOf(first).externalId, 'first'],
        [draftOf(second).externalId, 'สอง'],
      ],
    },
  ],
  emptyPage: '{"next":null,"lines":[]}',
  brokenPages: ['{"next":7}', '{"next":7,"lines":{}}', '{"next":"7","lines":[]}'],
  skip: {
    'an item by itself gives the event that it gives in its page':
      'it has no readItem, which is optional',
    'a stored cursor can be said in words': 'it has no describeCursor, which is optional',
    'a search gives the events of its answer, and goes on': 'it has no search, which is optional',
    'an item that is asked for is the event that it is in its page':
      'it has no item, which is optional',
  },
});
