// What the sinks of one origin share, and what each has of its own, on a real Postgres.
import { describe, expect, test } from 'vitest';
import { drafts } from '../../store/stored.ts';
import { expectSoon, turns, useOrigin } from './origin-setup.ts';

const { store, begin, count } = useOrigin();

test('takes no longer than the sink’s own time-out, whatever the policy has', async () => {
  await store(drafts(1, 1));
  const { worker, sent } = await begin({
    timeoutMs: 100,
    policy: { sendTimeoutMs: 300_000, drainMs: 200 },
    send: () => new Promise<void>(() => undefined),
  });
  await expectSoon(
    async () => (await count("reason = 'timeout' and attempts > 0 and state = 'pending'")) === 1,
  );
  expect(sent.length).toBeGreaterThan(0);
  await worker.stop();
});

test('shares one rate among the sinks of the origin', async () => {
  await store(drafts(1, 80), ['soc', 'boss']);
  const { sent } = await begin({ sinks: ['soc', 'boss'], perSecond: 0.01 });
  await expectSoon(() => sent.length >= 100);
  await turns();
  expect(sent).toHaveLength(100);
});

describe('a stop', () => {
  test('leaves alone the lane that came after it', async () => {
    const { worker, lanes } = await begin({});
    const successor = { ...lanes.get('soc')! };
    lanes.set('soc', successor);
    await worker.stop();
    expect(lanes.get('soc')).toBe(successor);
  });
});
