// Who gets which notice.
import { describe, expect, test } from 'vitest';
import { createAudience, recipientsOf } from '../../../src/core/notices/audience.ts';
import type { Route } from '../../../src/core/routing/index.ts';

const route = (to: string[], sources?: string[]): Route => ({
  ...{ name: 'r', minSeverity: 1 as const, to },
  ...(sources && { sources }),
});
const routes = [route(['soc'], ['a']), route(['soc', 'boss'], ['b']), route(['all'])];
const sinks = ['soc', 'boss', 'all', 'ops'];
const down = (...ids: string[]) => new Set(ids);

test.each([
  ['a', ['soc', 'all']],
  ['b', ['soc', 'boss', 'all']],
  ['unknown', ['all']],
])('the recipients of source %s are those of its routes, each once', (source, expected) => {
  expect(recipientsOf(routes, source)).toEqual(expected);
});

describe('with sinks for operations', () => {
  const audience = createAudience({ routes, sinks, operations: ['ops'] });

  test.each([
    ['a source fails', audience.ofSource('a'), ['soc', 'all', 'ops']],
    ['a credential ends', audience.ofCredential('a', down()), ['ops']],
    [
      'a credential ends while they are down',
      audience.ofCredential('a', down('ops')),
      ['soc', 'boss', 'all'],
    ],
    ['a sink is down', audience.ofSink('soc', down('soc')), ['ops']],
    ['their own sink is down', audience.ofSink('ops', down('ops')), ['soc', 'boss', 'all']],
    ['a sink and theirs are down', audience.ofSink('soc', down('soc', 'ops')), ['boss', 'all']],
    ['everything is down', audience.ofSink('soc', down(...sinks)), ['ops']],
    ['deliveries are dead', audience.ofDead('soc'), ['soc', 'ops']],
    ['their own deliveries are dead', audience.ofDead('ops'), ['ops']],
    ['something must be mended', audience.listeners, ['ops']],
  ])('%s', (_title, to, expected) => {
    expect(to).toEqual(expected);
  });
});

describe('without any', () => {
  const audience = createAudience({ routes, sinks, operations: [] });

  test.each([
    ['a source fails', audience.ofSource('a'), ['soc', 'all']],
    ['a credential ends', audience.ofCredential('a', down()), ['soc', 'all']],
    ['a sink is down', audience.ofSink('soc', down('soc')), ['boss', 'all', 'ops']],
    ['something must be mended', audience.listeners, sinks],
  ])('%s', (_title, to, expected) => {
    expect(to).toEqual(expected);
  });

  test('a lone sink that is down has nobody else', () => {
    const lone = createAudience({ routes: [], sinks: ['soc'], operations: [] });
    expect(lone.ofSink('soc', down('soc'))).toEqual([]);
  });
});
