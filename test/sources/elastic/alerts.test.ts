// Alerts of the index: the suite of all sources, and an index that does what theirs does: equal stamps,
// documents that appear late, searches that did not look everywhere.
import { expect, test } from 'vitest';
import { elasticAlerts } from '../../../src/sources/elastic/index.ts';
import { describePollSource } from '../../contract/source-suite.ts';
import { type Hit, startIndex } from '../../support/index-server.ts';
import { startPolled } from '../../support/polled.ts';
import { sample } from '../../support/pushed-samples.ts';

const alone = sample('elastic/alone').trim();
const page = (...hits: string[]) =>
  `{"timed_out":false,"_shards":{"failed":0},"hits":{"hits":[${hits}]}}`;
const hit = (source: string) =>
  `{"_index":"a","_id":"x","_source":${source},"sort":[1772330699000,"6be1c0d7f3"]}`;
const cursor = JSON.stringify({ from: 0, at: Date.parse('2026-03-01T00:00:00Z') });
const key = 'an-encoded-api-key';

describePollSource(elasticAlerts, {
  config: (origin) => ({ url: origin, api_key: key }),
  fixtures: [
    {
      ...{ name: 'one, and one that is none', cursor, body: page(hit(alone), '{"_source":5}') },
      events: [
        ['6be1c0d7f3', 'Ransom note written'],
        [expect.stringMatching(/^sha256:/), 'UNRECOGNISED'],
      ],
    },
  ],
  emptyPage: page(),
  brokenPages: [
    page(hit(alone)).replace('"failed":0', '"failed":1'),
    page(hit(alone)).replace('"timed_out":false', '"timed_out":true'),
    '{"error":{"type":"x"}}',
    '{"hits":{"hits":{}}}',
  ],
  skip: {
    'a search gives the events of its answer, and goes on': 'not made: Kibana searches better',
    'an item that is asked for is the event that it is in its page': 'not made, as the search',
  },
});

const alert = (id: string, at: string): Hit => ({
  ...{ _id: id, at },
  _source: { '@timestamp': at, 'kibana.alert.uuid': id, 'kibana.alert.rule.name': 'Rule' },
});

test('equal stamps over the border of a page and late documents are found', async () => {
  const index = await startIndex(500);
  for (let n = 0; n < 900; n += 1) index.hits.push(alert(`a${n}`, '2026-03-01T11:00:00.000Z'));
  const settings = { url: `${index.origin}/`, api_key: key };
  const polled = startPolled(elasticAlerts, settings, () => Date.parse('2026-03-01T12:00:00Z'));
  expect((await polled.drain()).length).toBe(900);
  index.hits.push(alert('late', '2026-03-01T10:51:00.000Z'));
  expect(await polled.drain()).toEqual(['late']);
  const [{ target, headers, body } = { target: '', headers: {}, body: '' }] = index.received;
  expect(target).toBe('/.alerts-security.alerts-default/_search?allow_no_indices=false');
  expect(headers.authorization).toBe(`ApiKey ${key}`);
  expect(JSON.parse(body).query.bool.must_not).toEqual([
    { exists: { field: 'kibana.alert.building_block_type' } },
  ]);
});

test.each([{}, { username: 'a' }, { api_key: key, username: 'a', password: 'b' }])(
  '%j is no credential',
  (given) => {
    const { error } = elasticAlerts.config.safeParse({ url: 'https://es.example.com', ...given });
    expect(error?.issues[0]?.message).toContain('or username and password are required');
  },
);
