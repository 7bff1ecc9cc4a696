// The promises that test/faults/mutations.mjs breaks one by one still stand where it looks for
// them.
import { expect, test } from 'vitest';
import { readProjectFile } from './project-files.ts';

interface Break {
  readonly name: string;
  readonly edits: readonly (readonly [string, string, string])[];
}

test('each break of the fault suite finds the text that it changes, once', async () => {
  const { mutations } = (await import(new URL('../faults/breaks.mjs', import.meta.url).href)) as {
    mutations: readonly Break[];
  };
  expect(mutations.length).toBeGreaterThan(30);
  const lost = mutations.flatMap(({ name, edits }) =>
    edits
      .filter(([file, before]) => readProjectFile(file).split(before).length !== 2)
      .map(([file]) => `${name}: ${file}`),
  );
  expect(lost).toEqual([]);
});
