// One answer for all screens, for some seconds, and never one from before an act.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SharedReads } from '../../../src/http/page/shared-reads.ts';
import { type AnyOperation, event, sink, states } from '../../../src/operations/index.ts';
import type { Database } from '../../../src/store/database.ts';
import { ann, configOf, contextOn } from '../../operations/acting.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const any = (operation: unknown) => operation as AnyOperation;
const context = contextOn({} as Database);

function setUp() {
  const reads = new SharedReads();
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return asked;
  };
  const read = (operation: unknown, more: Partial<typeof context> = {}, input: unknown = {}) =>
    reads.answer(any(operation), { ...context, ...more }, { input, ask });
  return { read };
}

test('screens that ask within some seconds share the answer', async () => {
  const { read } = setUp();
  expect(await Promise.all([read(states.sinks), read(states.sinks)])).toEqual([1, 1]);
  expect(await read(states.sinks)).toBe(1);
  expect(await read(states.sources)).toBe(2);
  vi.advanceTimersByTime(5001);
  expect(await read(states.sinks)).toBe(3);
});

test('another question, role or configuration has its own', async () => {
  const { read } = setUp();
  expect(await read(states.sinks)).toBe(1);
  expect(await read(states.sinks, {}, { a: 1 })).toBe(2);
  expect(await read(states.sinks, { actor: { ...ann, role: 'read' } })).toBe(3);
  expect(await read(states.sinks, { config: configOf() })).toBe(4);
});

test('an act ends what was answered before it; a search shares nothing', async () => {
  const { read } = setUp();
  expect(await read(states.sinks)).toBe(1);
  expect(await read(event.search)).toBe(2);
  expect(await read(event.search)).toBe(3);
  expect(await read(states.sinks)).toBe(1);
  expect(await read(sink.pause)).toBe(4);
  expect(await read(states.sinks)).toBe(5);
});

test('a failure is told, and not kept', async () => {
  const reads = new SharedReads();
  const answer = (ask: () => Promise<unknown>) =>
    reads.answer(any(states.sinks), context, { input: {}, ask });
  await expect(answer(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await answer(async () => 7)).toBe(7);
});
