// What one client is sent, and what it is told when it is too slow.
import { expect, test, vi } from 'vitest';
import { Feed } from '../../../../src/http/api/live/feed.ts';
import { tailed } from './tailed.ts';

function setUp(queueMax = 100) {
  const onEnd = vi.fn();
  const feed = new Feed({ isWanted: ({ source }) => source !== 'other', onEnd, queueMax });
  const reader = feed.body.getReader();
  const decoder = new TextDecoder();
  /** The next messages, in short: `11` or `gap 11-12`. */
  async function read(count: number): Promise<string[]> {
    const said: string[] = [];
    while (said.length < count) {
      const { value, done } = await reader.read();
      said.push(done ? 'end' : short(decoder.decode(value)));
    }
    return said;
  }
  return { feed, read, reader, onEnd };
}

function short(text: string): string {
  const id = /^id: (\d+)\n/.exec(text)?.[1];
  const data = /^data: (.*)\n\n$/m.exec(text)?.[1];
  if (data === undefined) return text.trim();
  const { id: own, from, to } = JSON.parse(data);
  if (from !== undefined) return `gap ${from}-${to}${id === to ? '' : ' without id'}`;
  return id === undefined ? `${own} late` : `${own}`;
}

const events = (...ids: number[]) => ids.map((id) => tailed(id));

test('events as they come, those alone that it wants', async () => {
  const { feed, read } = setUp();
  feed.startAfter(10);
  feed.show([...events(11), tailed(12, { source: 'other' }), ...events(13)]);
  feed.ping();
  expect(await read(4)).toEqual(['retry: 3000', '11', '13', ': ping']);
});

test('one that comes late has no id to come back to', async () => {
  const { feed, read } = setUp();
  feed.startAfter(10);
  feed.show(events(12));
  feed.show(events(11));
  expect(await read(3)).toEqual(['retry: 3000', '12', '11 late']);
});

test('a slow client is told what it was not sent, and nothing waits without bounds', async () => {
  const { feed, read } = setUp(3);
  feed.startAfter(10);
  feed.show(events(11, 12, 13, 14, 15));
  feed.ping();
  expect(await read(4)).toEqual(['retry: 3000', '11', '12', 'gap 13-15']);
  feed.show(events(16));
  expect(await read(1)).toEqual(['16']);
});

test('what came before is sent first, and what came meanwhile after it', async () => {
  const { feed, read } = setUp();
  feed.hold();
  feed.startAfter(8);
  feed.show(events(11));
  feed.replay(events(9, 10));
  feed.release();
  expect(await read(4)).toEqual(['retry: 3000', '9', '10', '11']);
});

test('a gap of what came before stands before what came meanwhile', async () => {
  const { feed, read } = setUp();
  feed.hold();
  feed.startAfter(8);
  feed.show(events(21));
  feed.replay(events(9));
  feed.skip(10, 20);
  feed.release();
  expect(await read(4)).toEqual(['retry: 3000', '9', 'gap 10-20', '21']);
});

test('it ends once, whoever ends it', async () => {
  const one = setUp();
  one.feed.end();
  one.feed.end();
  one.feed.show(events(1));
  one.feed.ping();
  expect(await one.read(2)).toEqual(['retry: 3000', 'end']);
  expect(one.onEnd).toHaveBeenCalledOnce();
  const other = setUp();
  await other.reader.cancel();
  other.feed.show(events(1));
  other.feed.end();
  expect(other.onEnd).toHaveBeenCalledOnce();
});
