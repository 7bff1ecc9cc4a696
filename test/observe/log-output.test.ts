// Lines of the log, and what becomes of them when standard error takes none or not all.
import { expect, test } from 'vitest';
import { LogOutput } from '../../src/observe/log-output.ts';
import { until } from '../support/world.ts';

/** Takes what `room` allows at a time; null: fails with `code`. */
function farEnd() {
  const state = { taken: '', room: Number.POSITIVE_INFINITY, code: '' };
  const write = (bytes: Uint8Array): number => {
    if (state.room === 0) throw Object.assign(new Error(state.code), { code: state.code });
    const count = Math.min(bytes.length, state.room);
    state.taken += Buffer.from(bytes.subarray(0, count)).toString();
    state.room -= count;
    return count;
  };
  return { state, write };
}

test('a line is written before the call returns', () => {
  const { state, write } = farEnd();
  new LogOutput({ write }).write('a\n');
  expect(state.taken).toBe('a\n');
});

test.each(['ENOSPC', 'EPIPE', 'EIO', 'EBADF'])(
  'after %s lines are lost and counted, and the next that gets through is preceded by their number',
  (code) => {
    const { state, write } = farEnd();
    const output = new LogOutput({ write, retryMs: 60_000 });
    let lost = 0;
    Object.assign(state, { room: 0, code });
    output.write('a\n');
    output.onLost((lines) => {
      lost += lines;
    });
    output.write('b\n');
    output.write('c\n');
    expect([state.taken, lost]).toEqual(['', 3]);
    state.room = Number.POSITIVE_INFINITY;
    output.write('d\n');
    const [remark, line] = state.taken.split('\n');
    expect(JSON.parse(remark!)).toMatchObject({ level: 'warn', lost: 3, reason: code });
    expect([line, lost]).toEqual(['d', 3]);
    output.write('e\n');
    expect(state.taken.split('\n').slice(1)).toEqual(['d', 'e', '']);
  },
);

test('the loss is told when there is room, although nothing else is logged', async () => {
  const { state, write } = farEnd();
  const output = new LogOutput({ write, retryMs: 5 });
  Object.assign(state, { room: 0, code: 'ENOSPC' });
  output.write('a\n');
  await new Promise((resolve) => setTimeout(resolve, 30));
  state.room = Number.POSITIVE_INFINITY;
  expect(await until(() => state.taken !== '', 5000)).toBe(true);
  expect(JSON.parse(state.taken)).toMatchObject({ lost: 1 });
});

test('a line that was cut by a full disk does not run into the next', () => {
  const { state, write } = farEnd();
  const output = new LogOutput({ write, retryMs: 60_000 });
  Object.assign(state, { room: 3, code: 'ENOSPC' });
  output.write('abcdef\n');
  state.room = Number.POSITIVE_INFINITY;
  output.write('next\n');
  const lines = state.taken.split('\n');
  expect([lines[0], lines[2]]).toEqual(['abc', 'next']);
  expect(JSON.parse(lines[1]!)).toMatchObject({ lost: 1 });
});

test('a slow reader gets every line in order, once it reads on', async () => {
  const { state, write } = farEnd();
  const output = new LogOutput({ write, retryMs: 5 });
  Object.assign(state, { room: 3, code: 'EAGAIN' });
  for (const line of ['abcdef\n', 'second\n', 'third\n']) output.write(line);
  expect(state.taken).toBe('abc');
  state.room = Number.POSITIVE_INFINITY;
  expect(await until(() => state.taken.endsWith('third\n'), 5000)).toBe(true);
  expect(state.taken).toBe('abcdef\nsecond\nthird\n');
});

test('a reader that never reads costs a bounded memory, and what did not fit is counted', () => {
  const { state, write } = farEnd();
  const output = new LogOutput({ write, retryMs: 60_000 });
  let lost = 0;
  output.onLost((lines) => {
    lost += lines;
  });
  Object.assign(state, { room: 0, code: 'EAGAIN' });
  for (let n = 0; n < 1000; n += 1) output.write(`${'x'.repeat(999)}\n`);
  state.room = Number.POSITIVE_INFINITY;
  output.write('this makes room\n');
  output.write('last\n');
  const lines = state.taken.trim().split('\n');
  expect(lines.filter((line) => line.startsWith('x'))).toHaveLength(1000 - lost);
  expect(lost).toBeGreaterThan(700);
  expect(lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).lost)).toEqual(
    [lost],
  );
});
