// docs/public.json is what the code has: `npx vitest run test/release/public.test.ts -u` writes it
// anew, and its diff shows what a release adds or takes away.
import { expect, test } from 'vitest';
import { readProjectFile } from '../tree/project-files.ts';
import { publicOf } from './public.ts';

const made = await publicOf();

test('the list of what is public is the one that is kept', async () => {
  await expect(`${JSON.stringify(made, null, 2)}\n`).toMatchFileSnapshot('../../docs/public.json');
});

test('every command of the table is in it', () => {
  const names = [...readProjectFile('src/main.ts').matchAll(/^ {2}(\w+): \{$/gm)];
  expect(names.length).toBeGreaterThan(20);
  for (const [, name = ''] of names)
    expect(Object.keys(made.commands).some((path) => path.split(' ')[0] === name)).toBe(true);
});

test('options, labels and types are in it', () => {
  expect(made.commands['dead list']).toContain('--json');
  expect(made.metrics.tocsin_build_info).toEqual({ type: 'gauge', labels: ['node', 'version'] });
  expect(made.variables).toContain('DATABASE_URL');
});
