// The generic polled source: the suite of all sources, and what its settings may be. How it reads is
// tested at the engine, `test/kit/poll`.
import { expect, test } from 'vitest';
import { httpPoll } from '../../src/sources/http_poll.ts';
import { describePollSource } from '../contract/source-suite.ts';
import { startFarEnd } from '../support/far-end.ts';
import { startPolled } from '../support/polled.ts';

const token = 'a-token-of-the-far-end';
const settings = {
  url: 'https://api.example.com/v1/alerts',
  query: { since: '{since}', cursor: '{cursor}' },
  ...{ auth: 'bearer', token, paging: 'cursor', next: 'body.next' },
  ...{ items: 'body.alerts', id: 'item.id', event_type: 'item.name', time: 'item.at' },
  ...{ severity: 'item.level', fields: { 'device.name': 'item.host' } },
};
const cursor = JSON.stringify({ from: 0, at: Date.parse('2026-03-01T00:00:00Z') });
const alert = (id: number, more = '') =>
  `{"id": ${id}, "name": "Miner", "level": "high", "at": "2026-03-01T02:03:0${id}Z"${more}}`;

describePollSource(httpPoll, {
  config: (origin) => ({ ...settings, url: `${origin}/v1/alerts` }),
  fixtures: [
    {
      ...{ name: 'two', cursor, body: `{"alerts":[ ${alert(1)}, ${alert(2)}],"next":null}` },
      events: [
        ['1', 'Miner'],
        ['2', 'Miner'],
      ],
    },
    {
      name: 'an item that is none',
      ...{ cursor, body: `{"alerts":[7, ${alert(3)}]}` },
      events: [
        ['sha256:7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451', 'UNRECOGNISED'],
        ['3', 'Miner'],
      ],
    },
  ],
  emptyPage: '{"alerts":[],"next":null}',
  brokenPages: ['{"error":"no"}', '[]', '{"alerts":{}}', `${'['.repeat(300)}${']'.repeat(300)}`],
  skip: {
    'a search gives the events of its answer, and goes on': 'nothing says how it is searched',
    'an item that is asked for is the event that it is in its page':
      'nothing says how one item is asked for',
  },
});

test.each([
  [{ url: 'api.example.com' }, /^url is no URL/],
  [{ body: { a: 1 } }, /^body goes with method: POST alone/],
  [{ token: undefined }, /^token is required with auth: bearer/],
  [{ next: undefined }, /^next is required with paging: cursor/],
  [{ query: {} }, /^paging : cursor needs \{cursor\} in query or body/],
  [{ paging: 'link' }, /^next does not go with paging: link/],
  [{ keep_cursor: true, paging: 'none', next: undefined }, /^keep_cursor does not go/],
  [{ page_size: 5 }, /^page_size does not go with paging: cursor/],
  [{ paging: 'time', next: undefined, order: 'oldest_first' }, /^page_size is required/],
  [
    { paging: 'time', next: undefined, page_size: 5, order: 'newest_first' },
    /^paging : time needs \{until\}/,
  ],
  [{ changed: 'item.a', time: undefined }, /^time is required with changed/],
  [{ headers: { Host: 'a' } }, /^headers\.Host/],
  [{ failed: 'item.a' }, /^failed cannot be used: there is no "item"/],
  [{ start_from: 'soon' }, /^start_from is no time/],
])('%j is refused', (given, fault) => {
  const { error } = httpPoll.config.safeParse({ ...settings, ...given });
  expect(error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
    expect.stringMatching(fault),
  ]);
});

test('a search is asked for by POST, and goes on behind the last hit', async () => {
  const farEnd = await startFarEnd(({ body }, response) => {
    const { search_after: after = [0], size } = JSON.parse(body) as {
      search_after?: number[];
      size: number;
    };
    const hits = [1, 2, 3].filter((n) => n > after[0]!).slice(0, size);
    response.end(JSON.stringify({ hits: hits.map((n) => ({ _id: `h${n}`, sort: [n] })) }));
  });
  const polled = startPolled(httpPoll, {
    ...{ url: `${farEnd.origin}/_search`, method: 'POST', auth: 'basic', username: 'u' },
    ...{ password: 'a-password', headers: { 'X-Tenant': 'acme' } },
    body: { size: 2, search_after: '{cursor}', query: { range: { at: { gte: '{since}' } } } },
    ...{ items: 'body.hits', id: 'item._id', paging: 'cursor', time_format: 'unix_ms' },
    next: 'size(body.hits) == 2 ? body.hits[1].sort : null',
  });
  expect(await polled.drain()).toEqual(['h1', 'h2', 'h3']);
  const [first, second] = farEnd.received.map(({ body }) => JSON.parse(body));
  expect(first).toEqual({ size: 2, query: { range: { at: { gte: expect.any(Number) } } } });
  expect(second).toEqual({ ...first, search_after: [2] });
  expect(farEnd.received[0]?.headers).toMatchObject({
    'x-tenant': 'acme',
    authorization: `Basic ${Buffer.from('u:a-password').toString('base64')}`,
  });
});
