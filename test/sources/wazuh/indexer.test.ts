// Alerts of the indexer, of 4.x and of 5.x: the suite of all sources, and what is asked for.
import { expect, test } from 'vitest';
import { wazuhIndexer } from '../../../src/sources/wazuh/index.ts';
import { describePollSource } from '../../contract/source-suite.ts';
import { type Hit, startIndex } from '../../support/index-server.ts';
import { startPolled } from '../../support/polled.ts';
import { sample } from '../../support/pushed-samples.ts';

const account = { username: 'tocsin', password: 'a-password-of-the-indexer' };
const page = (...hits: string[]) => `{"_shards":{"failed":0},"hits":{"hits":[${hits}]}}`;
const alert = sample('wazuh/alert').trim();
const finding =
  '{"_id":"Zk3aVpUB","_source":{"@timestamp":"2026-03-01T02:03:04Z","wazuh":{"rule":{"title":"Brute force on SSH","level":"high"}}},"sort":[1772330584000,"Zk3aVpUB"]}';
const cursor = JSON.stringify({ from: 0, at: Date.parse('2026-03-01T00:00:00Z') });
const brute = 'sshd: brute force trying to get access to the system.';

describePollSource(wazuhIndexer, {
  config: (origin) => ({ url: origin, ...account }),
  fixtures: [
    {
      name: 'an alert of 4.x',
      ...{ cursor, body: page(`{"_id":"x","_source":${alert},"sort":[1772330584567,"x"]}`) },
      events: [['manager-1/1772330584.123456', brute]],
    },
    {
      name: 'a finding of 5.x, and a hit that is none',
      ...{ cursor, body: page(finding, '{"_id":"y"}') },
      events: [
        ['Zk3aVpUB', 'Brute force on SSH'],
        [expect.stringMatching(/^sha256:/), 'UNRECOGNISED'],
      ],
    },
  ],
  emptyPage: page(),
  brokenPages: ['{"_shards":{"failed":1},"hits":{"hits":[]}}', '{"error":"x"}'],
  skip: {
    'a search gives the events of its answer, and goes on':
      'not made: its dashboard searches better',
    'an item that is asked for is the event that it is in its page': 'not made, as the search',
  },
});

test('alerts of one time are all found, with what comes late, from a level on', async () => {
  const index = await startIndex(500);
  const add = (id: string, at: string): number =>
    index.hits.push({
      ...{ _id: id, at },
      _source: { id, '@timestamp': at, rule: { description: 'Rule', level: 9 } },
    } satisfies Hit);
  for (let n = 0; n < 600; n += 1) add(`a${n}`, '2026-03-01T11:00:00.000Z');
  const settings = { ...account, url: index.origin, min_level: 7 };
  const polled = startPolled(wazuhIndexer, settings, () => Date.parse('2026-03-01T12:00:00Z'));
  expect((await polled.drain()).length).toBe(600);
  add('late', '2026-03-01T10:51:00.000Z');
  expect(await polled.drain()).toEqual(['late']);
  const { target, body } = index.received[0]!;
  expect(target).toBe('/wazuh-alerts-*/_search?allow_no_indices=false');
  expect(JSON.parse(body).query.bool.filter[1]).toEqual({ range: { 'rule.level': { gte: 7 } } });
  expect(JSON.parse(body).sort[1]).toEqual({ _id: { order: 'asc' } });
});
