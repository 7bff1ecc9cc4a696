// Which sources a source of changes follows.
import { expect, test } from 'vitest';
import { followedBy } from '../../../src/config/read/followed.ts';
import { sources } from '../../../src/sources/index.ts';

const registries = { sources };

function source(id: string, type: string, url: string, token: string) {
  return { id, type, settings: sources[type]!.config.parse({ url, token }) as unknown };
}

const key = 'key-of-an-api-connector';
const changes = source('changes', 'deepinstinct_changes', 'a.example.com', key);
const events = source('events', 'deepinstinct_events', 'a.example.com/api/v1', key);
const scripts = source('scripts', 'deepinstinct_suspicious_events', 'a.example.com', key);
const ofOtherKey = source('other', 'deepinstinct_events', 'a.example.com', `${key}-2`);
const elsewhere = source('far', 'deepinstinct_events', 'b.example.com', key);
const twin = source('twin', 'deepinstinct_changes', 'a.example.com', key);

test.each<[string, (typeof changes)[], string[]]>([
  ['those of its console and key', [events, scripts, changes, elsewhere], ['events', 'scripts']],
  ['none of another key beside them', [events, ofOtherKey, changes], ['events']],
  ['those of another key where there are no others', [ofOtherKey, changes], ['other']],
  ['no other that follows', [twin, changes], []],
  ['nothing where there is nothing', [changes, elsewhere], []],
  [
    'none whose settings could not be read',
    [{ ...events, settings: undefined }, scripts, changes],
    ['scripts'],
  ],
])('follows %s', (_, all, expected) => {
  expect(followedBy(changes, { sources: all }, registries)).toEqual(expected);
});

test('what could not be read follows nothing', () => {
  const unread = { ...changes, settings: undefined };
  expect(followedBy(unread, { sources: [events, unread] }, registries)).toEqual([]);
});
