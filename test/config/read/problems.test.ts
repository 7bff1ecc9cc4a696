// What is shown of what an operator wrote: names, and nothing that may be a secret or is obeyed.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { issuesOf, presentable, problemsOf, shownName } from '../../../src/config/read/problems.ts';

it.each([
  ['soc', 'soc'],
  ['https://chat.example/hooks/secret', 'https://chat.example/…'],
  ['chat.example/hooks/secret', 'chat.example/…'],
  ['https://me:secret@chat.example', 'https://…@chat.example/…'],
  ['x'.repeat(64), 'xxxxxxxx…'],
])('%s is shown as %s', (name, shown) => {
  expect(shownName(name)).toBe(shown);
});

it('makes visible what a terminal would obey', () => {
  const { where, problem, remedy } = presentable({
    where: 'a\u001Bb',
    problem: 'c\u202Ed',
    remedy: 'e\nf',
  });
  for (const sign of ['\u001B', '\u202E']) expect(where + problem).not.toContain(sign);
  expect(remedy).toBe('e\nf');
});

const schema = z.strictObject({
  level: z.enum(['high', 'low']).optional().describe('how loud'),
  size: z.number().min(1).optional().describe('how large.'),
  names: z.array(z.string()).min(1).optional(),
});
const place = (path: readonly PropertyKey[], key?: string) => [...path, key ?? []].flat().join('.');
const told = (content: unknown) => {
  const judged = { schema, content, place };
  return problemsOf(issuesOf(judged), judged);
};

it.each([
  [
    { levle: 'high' },
    'levle',
    '"levle" is not a key that belongs here',
    'Known are: level, size, names. Did you mean "level"?',
  ],
  [
    { level: 'hihg' },
    'level',
    'is none of the words that belong here',
    'Known are: high, low. Did you mean "high"?',
  ],
  [{ size: 'x' }, 'size', 'is not a number', 'Expected: how large'],
  [{ names: [] }, 'names', 'is empty', 'Correct it'],
  [{ names: [5] }, 'names.0', 'is not a text', 'Correct it'],
])('%j: %s %s', (content, where, problem, remedy) => {
  expect(told(content)).toEqual([{ where, problem, remedy }]);
});

it('says nothing of what was reported before', () => {
  expect(told({ level: undefined, names: [undefined], size: 5 })).toEqual([]);
});
