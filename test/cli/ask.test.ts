// A secret is asked for, and nothing of it is shown.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askSecret } from '../../src/cli/ask.ts';

function asking() {
  const input = new PassThrough();
  let shown = '';
  const answer = askSecret('Token: ', input, {
    write: (text) => {
      shown += text;
    },
  });
  return { input, answer, shown: () => shown };
}

test('what is typed is the answer, and the terminal shows none of it', async () => {
  const { input, answer, shown } = asking();
  input.write('s3cr');
  input.write('et\r');
  expect(await answer).toBe('s3cret');
  expect(shown()).toBe('Token: \n');
});

test('a line that was mistyped can be corrected', async () => {
  const { input, answer } = asking();
  input.write('ax\x7Fb\r');
  expect(await answer).toBe('ab');
});

test('an input that ends answers nothing', async () => {
  const { input, answer } = asking();
  input.end();
  expect(await answer).toBe('');
});

test('Ctrl-C ends it, and nothing is done', async () => {
  const { input, answer } = asking();
  input.write('s3\x03');
  await expect(answer).rejects.toThrow('Interrupted; nothing was done.');
});
