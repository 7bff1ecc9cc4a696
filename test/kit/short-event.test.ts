// A short event is short, whatever it holds, and keeps both ends of each text.
import { expect, it } from 'vitest';
import { shortEvent } from '../../src/kit/short-event.ts';
import { digestOfStorm, storedDigest } from '../support/digests.ts';
import { eventOfTexts } from '../support/events.ts';

it('cuts each text in its middle, and lists to their first entries', () => {
  const event = eventOfTexts(() => `begin${'x'.repeat(5_000)}end`);
  const techniques = Array.from({ length: 900 }, () => ({ id: 'T1'.repeat(500) }));
  const short = shortEvent({ ...event, body: { ...event.body, techniques } });
  for (const text of [short.type, short.body.description]) {
    expect(text).toMatch(/^beginx+…x+end$/);
    expect(text).toHaveLength(200);
  }
  expect(short.body.techniques).toHaveLength(20);
  expect(Buffer.byteLength(JSON.stringify(short))).toBeLessThan(16_000);
  expect(short.body.recurrence).toBe(event.body.recurrence);
});

it('keeps the numbers of a digest, and none of its rows', () => {
  const { digest } = shortEvent(storedDigest(digestOfStorm)).body;
  expect(digest).toMatchObject({ count: 412, rows: [], deviceCount: 37 });
});
