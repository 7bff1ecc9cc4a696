// What a visitor sees when a view cannot be shown.
import { expect, test } from 'vitest';
import { showProblem } from '../../../src/http/page/problem.tsx';
import { words } from '../../../src/http/page/words/index.ts';

test('the words of a problem are text', async () => {
  const { body } = showProblem('<b>', words.en);
  expect(String(await body)).toContain('&lt;b&gt;');
});
