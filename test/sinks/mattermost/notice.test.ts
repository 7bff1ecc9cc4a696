// What Tocsin says of itself: its sentences, and that no value in them is obeyed or too long.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { card, notice, sizes } from './cards.ts';
import { anyHostile, hugeHostile } from './hostile.ts';
import { activeIn } from './model.ts';

test.each([
  ['en', '1', '1', '1 event came in 1 digest.'],
  ['en', '56', '1', '56 events came in 1 digest.'],
  ['en', '56', '4', '56 events came in 4 digests.'],
  ['th', '56', '1', '56 เหตุการณ์มาในสรุปรวม 1 ฉบับ'],
] as const)('a storm’s end says in %s that %s in %s came', (locale, count, digests, words) => {
  const shown = card(
    notice('storm_over', { sink: 'soc', since: '2026-03-01T00:00:00.000Z', count, digests }),
    {},
    locale,
  );
  expect(shown.text).toContain(words);
  expect(shown.attachments[0]!.fallback).toContain(words);
  expect(shown.attachments[0]!.fields.map(({ title }) => title)).not.toContain('count');
});

test('a silence’s end says that it hid one event', () => {
  const shown = card(
    notice('silence_over', { silence: '1', owner: 'anna', reason: 'ended', count: '1' }),
  );
  expect(shown.text).toContain('It hid 1 event.');
});

test('nothing in a notice is obeyed', () => {
  fc.assert(
    fc.property(anyHostile, anyHostile, (text, other) => {
      const event = notice('sink_paused', {
        sink: text,
        reason: other,
        message: text,
        more: other,
      });
      expect(activeIn(card(event), ['**INFO**'])).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test('the size of a notice is bounded, too', () => {
  fc.assert(
    fc.property(hugeHostile, (text) => {
      const values = Object.fromEntries(
        Array.from({ length: 50 }, (_, n) => [`${text.slice(0, 200)}${n}`, text]),
      );
      const {
        bytes,
        text: line,
        attachment,
        blocks,
      } = sizes(card(notice('sink_paused', { ...values, sink: text, message: text })));
      expect(bytes).toBeLessThan(90_000);
      expect(line).toBeLessThanOrEqual(12_000);
      expect(attachment).toBeLessThan(16_000);
      expect(blocks).toBeLessThanOrEqual(90);
    }),
    { numRuns: 60 },
  );
});
