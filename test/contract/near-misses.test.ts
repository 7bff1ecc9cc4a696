// Which answers are close to the one by which a far end accepts.
import { expect, test } from 'vitest';
import { nearMisses } from './near-misses.ts';

test('of a word: cut, surrounded, quoted, and what a stranger says', () => {
  expect(nearMisses('ok')).toEqual([
    ...['<html>Sign in</html>', '', '{"id":"error"}'],
    ...['ok and more', 'not ok', '<p>ok</p>', '"ok"', 'o'],
  ]);
});

test('of an object: also without each key, with each key empty, and inside of something', () => {
  const misses = nearMisses('{"id":"a1","event":"message"}');
  for (const one of [
    '{"event":"message"}',
    '{"id":"a1"}',
    '{"id":null,"event":"message"}',
    '{"id":"a1","event":null}',
    '[{"id":"a1","event":"message"}]',
    '{"data":{"id":"a1","event":"message"}}',
  ])
    expect(misses).toContain(one);
});

test.each(['', 'null', '[1]', '7'])('of %j, never itself', (body) => {
  expect(nearMisses(body)).not.toContain(body);
});
