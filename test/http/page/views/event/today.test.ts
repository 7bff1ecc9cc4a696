// What today's routes would do: route by route, and sink by sink.
import { expect, test } from 'vitest';
import { today } from '../../../../../src/http/page/views/event/today.tsx';
import { visitOf } from '../../visiting.ts';

const sink = {
  id: 'soc',
  state: 'pending',
  reason: null,
  route: 'all',
  heldBy: null,
  silence: null,
};

async function drawn(more: object): Promise<string> {
  const routes = [
    { name: 'all', reason: null, words: '' },
    { name: 'urgent', reason: 'below_min_severity', words: '' },
  ];
  const decided = { at: '', event: {}, routes, sinks: [{ ...sink, ...more }] };
  return String(await today(decided as never, visitOf({} as never)));
}

test('a route that does not take it says why', async () => {
  expect(await drawn({})).toContain('The severity is too low.');
});

test.each([
  [{ heldBy: 'quiet' }, 'after the quiet hours'],
  [{ state: 'none', route: null }, 'No route of this source leads there.'],
  [
    { state: 'suppressed', reason: 'silenced', silence: { id: '1', owner: 'ann', reason: 'why' } },
    '<bdi>ann</bdi>: <bdi>why</bdi>',
  ],
])('%j', async (more, words) => {
  expect(await drawn(more)).toContain(words);
});
