// What became of an event: every delivery with its reason, every attempt with its answer.
import { expect, test } from 'vitest';
import { Travels } from '../../../../../src/http/page/views/event/travels.tsx';
import { words } from '../../../../../src/http/page/words/index.ts';

const at = '2026-02-03T01:19:32.505Z';
const attempt = {
  ...{ at, outcome: 'retry', reason: 'timeout', status: null, durationMs: 12 },
  ...{ answer: '<b>busy</b>', isOfDigest: true },
};
const delivery = {
  ...{ sink: 'soc', state: 'dead', reason: 'rejected', attempts: 1, form: 'full' },
  ...{ scheduledAt: at, finalizedAt: at, route: 'all', group: null, digestId: '9' },
  ...{ silence: null, remoteId: 'm1', heldBy: null, heldUntil: null, tried: [attempt] },
};

async function drawn(more: object): Promise<string> {
  const shown = { routes: ['all'], deliveries: [{ ...delivery, ...more }] };
  return String(await Travels({ shown: shown as never, words: words.en }));
}

test('an attempt says what the far end answered, as text', async () => {
  const html = await drawn({});
  expect(html).toContain('&lt;b&gt;busy&lt;/b&gt;');
  expect(html).toContain('12 ms');
  expect(html).toContain('of the digest');
  expect(html).toContain('<a href="/events/9">9</a>');
});

test('a silence says whose it is and why', async () => {
  const silence = { id: '3', owner: 'ann', reason: 'patch night' };
  const html = await drawn({ state: 'suppressed', reason: 'silenced', silence, tried: [] });
  expect(html).toContain('A silence covers it.');
  expect(html).toContain('<bdi>ann</bdi>: <bdi>patch night</bdi>');
});

test('an event that goes nowhere says so', async () => {
  const shown = { routes: [], deliveries: [] };
  expect(String(await Travels({ shown: shown as never, words: words.en }))).toContain(
    'No sink gets it.',
  );
});
