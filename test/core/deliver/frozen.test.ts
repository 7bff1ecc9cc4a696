// A far end that freezes for longer than a send may take, and then shows what had reached it: how
// many cards stand there twice. Times are those of a Mattermost that froze for 45 s, by a thirtieth.
import { describe, expect, test } from 'vitest';
import { drafts } from '../../store/stored.ts';
import { expectSoon, type Sent, useOrigin } from './origin-setup.ts';

const { store, begin, isSettled } = useOrigin();

const timeoutMs = 1000;
const frozenMs = 1500;

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Takes each message after some milliseconds; from one on none, until it thaws. */
function farEnd(freezesAt: number) {
  const shown: Sent[] = [];
  let begun = 0;
  let frozen: Promise<void> | undefined;
  return {
    shown,
    async send(sent: Sent) {
      begun += 1;
      if (begun === freezesAt)
        frozen = after(frozenMs).then(() => {
          frozen = undefined;
        });
      await (frozen ?? after(5));
      // Whether somebody still waits for the answer or not.
      shown.push(sent);
    },
  };
}

describe.each([
  ['the usual rate', 10, 4],
  ['a rate of its own', 50, 4],
  // What was under way, and is bounded by 64 however fast the answers.
  ['no rate', Number.POSITIVE_INFINITY, 64],
])('with %s, a far end that froze', (_of, perSecond, most) => {
  test('shows every card, few of them twice, and those say so', async () => {
    await store(drafts(1, 90));
    const { shown, send } = farEnd(40);
    // Each step of the back-off by a thirtieth as well.
    await begin({
      send,
      perSecond,
      timeoutMs,
      policy: { sinkBackoff: { firstMs: 10, maxMs: 1000 } },
    });
    await expectSoon(isSettled);
    const firsts = new Set<string>();
    const repeated = shown.filter(({ id }) => firsts.size === firsts.add(id).size);
    expect(firsts.size).toBe(90);
    expect(repeated.length).toBeGreaterThan(0);
    expect(repeated.length).toBeLessThanOrEqual(most);
    expect(repeated.every(({ message }) => message.mayBeRepeated)).toBe(true);
    expect(shown.length - repeated.length).toBe(90);
    expect(shown.filter(({ message }) => message.mayBeRepeated)).toEqual(repeated);
  });
});
