// When a message may have been posted by a process that died, and so is looked for first.
import { expect, it } from 'vitest';
import { OwnMessages } from '../../src/kit/own-messages.ts';
import { storedEvent } from '../support/events.ts';
import { messageOf } from '../support/voice.ts';

const { signal } = new AbortController();
const atMs = Date.parse('2026-03-18T09:41:00Z');

/** @param more it began a minute ago unless `beganMs` says otherwise */
function stage(
  found: Readonly<Record<string, string>> = {},
  { beganMs = 60_000, recognisesRepetition = false } = {},
) {
  let nowMs = atMs - beganMs;
  const searches: [string, number][] = [];
  const own = new OwnMessages({
    now: () => nowMs,
    recognisesRepetition,
    async cards(channelId, sinceMs) {
      searches.push([channelId, sinceMs]);
      return new Map(Object.entries(found));
    },
  });
  nowMs = atMs;
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { own, searches, pass };
}

const messageStored = (agoMs: number, more: object = {}) => {
  const receivedAt = new Date(atMs - agoMs).toISOString();
  return { ...messageOf(storedEvent({ receivedAt }), {}, {}), ...more };
};
const asked = (deliveryId: string, agoMs: number, more?: object) => ({
  ...{ channelId: 'c', deliveryId, signal },
  message: messageStored(agoMs, more),
});

it('what was stored just now is not looked for', async () => {
  const { own, searches } = stage({ a: 'found' });
  expect(await own.card(asked('a', 1_000))).toBeUndefined();
  expect(searches).toEqual([]);
});

it('a process that just began looks once, for the one before may have sent the event just now', async () => {
  const { own, searches, pass } = stage({ a: 'found' }, { beganMs: 1_000 });
  expect(await own.card(asked('a', 2_000))).toBe('found');
  expect(await own.card(asked('b', 0))).toBeUndefined();
  expect(own.isReplyDoubtful(messageStored(0), 'c', 'root')).toBe(true);
  pass(4_001);
  expect(await own.card({ ...asked('d', -4_000), channelId: 'other' })).toBeUndefined();
  expect(own.isReplyDoubtful(messageStored(-4_000), 'e', 'root')).toBe(false);
  expect(searches).toHaveLength(1);
});

it('it need not where the far end recognises what is posted again', async () => {
  const { own, searches } = stage({ a: 'found' }, { beganMs: 0, recognisesRepetition: true });
  expect(await own.card(asked('a', 0))).toBeUndefined();
  expect(own.isReplyDoubtful(messageStored(0), 'a', 'root')).toBe(false);
  expect(searches).toEqual([]);
});

it('one search of a channel, a minute further back than the event, serves a whole backlog', async () => {
  const { own, searches } = stage({ a: 'found' });
  expect(await own.card(asked('a', 60_000))).toBe('found');
  expect(await own.card(asked('b', 60_000))).toBeUndefined();
  expect(searches).toEqual([['c', atMs - 120_000]]);
});

it('after a while without a post another process may have posted', async () => {
  const { own, searches, pass } = stage();
  await own.card(asked('a', 60_000));
  pass(10_000);
  own.active();
  pass(10_000);
  await own.card(asked('b', 60_000));
  expect(searches).toHaveLength(1);
  pass(16_000);
  await own.card(asked('c', 60_000));
  expect(searches).toHaveLength(2);
});

it('what may be a repetition is looked for each time', async () => {
  const { own, searches } = stage();
  for (let n = 0; n < 2; n += 1) await own.card(asked('a', 0, { mayBeRepeated: true }));
  expect(searches).toHaveLength(2);
});

it('what the far end may have taken is looked for until it is known to be there', async () => {
  const { own, searches } = stage({ a: 'found' });
  own.doubt('a');
  expect(await own.card(asked('a', 0))).toBe('found');
  expect(own.isReplyDoubtful(messageStored(0), 'a', 'root')).toBe(true);
  own.forget('a');
  expect(own.isReplyDoubtful(messageStored(0), 'a', 'root')).toBe(false);
  expect(searches).toHaveLength(1);
});

it('a card whose details are missing is known without a search', async () => {
  const { own, searches } = stage();
  own.remember('a', 'card');
  expect(await own.card(asked('a', 60_000))).toBe('card');
  own.forget('a');
  expect(await own.card(asked('a', 60_000))).toBeUndefined();
  expect(searches).toHaveLength(1);
});
