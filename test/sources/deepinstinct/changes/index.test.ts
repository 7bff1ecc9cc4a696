// The definition of the source of changes keeps the contract of sources.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sweepKinds } from '../../../../src/sources/deepinstinct/changes/position.ts';
import { deepinstinctChanges } from '../../../../src/sources/deepinstinct/index.ts';
import { normalise } from '../../../../src/sources/deepinstinct/normalise.ts';
import { parsePage } from '../../../../src/sources/deepinstinct/page.ts';
import { describePollSource } from '../../../contract/source-suite.ts';
import { brokenPages, emptyPage, fixtureOf } from '../page-fixtures.ts';
import { Ledger } from './ledger.ts';

/** Every sweep was just made, so that an open item is what is looked at. */
const doneMs = Date.now();
const swept = { reached: null, doneMs, run: null };
const cursor = JSON.stringify({
  sweeps: Object.fromEntries(sweepKinds.map((kind) => [`event ${kind}`, swept])),
  usedMs: [],
});

const { name, body, events } = fixtureOf('events-behavioural');

/** What is stored: the items of the fixture, each opened again when it came. */
function stored(): Ledger {
  const ledger = new Ledger(() => doneMs - 3_600_000);
  const { items } = parsePage(body.replaceAll('"OPEN"', '"REOPEN"'));
  const drafts = items.map((item) => normalise(item, { stream: 'event', link: undefined }));
  ledger.store('soc', drafts);
  return ledger;
}

const hash = createHash('sha256').update('[["status","OPEN"]]').digest('hex').slice(0, 16);
const once = 'what was handed to core is not read again while it is stored; see source.test.ts';

describePollSource(deepinstinctChanges, {
  config: (origin) => ({ url: origin, token: 'key-of-an-api-connector', streams: ['event'] }),
  known: stored,
  fixtures: [
    {
      ...{ name, body, cursor },
      events: events.map(
        ([id, type], index) => [`event/${id}~${index + 1}~${hash}`, type] as const,
      ),
    },
  ],
  emptyPage,
  brokenPages,
  skip: {
    'the same bytes give the same events': once,
    'an item by itself gives the event that it gives in its page':
      'an item by itself shows no change',
    'a search gives the events of its answer, and goes on': 'the sources of the streams search',
    'an item that is asked for is the event that it is in its page':
      'the sources of the streams give items',
    'an empty page leaves the cursor where it was':
      'the cursor says when each sweep was made, and an empty answer makes one',
  },
});

test('reads the same far end as the sources that it follows', () => {
  const { consoleOf, config, example, follows, streams } = deepinstinctChanges;
  expect(consoleOf!(config.parse(example))).toBe('https://console.example.com');
  expect([follows, streams]).toEqual([true, ['change']]);
});
