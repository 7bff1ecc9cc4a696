// Tests mirror src: what does something in `src/a/b.ts` is tested by `test/a/b.test.ts`, so that
// whoever changes a file finds its test, and a file without one is seen.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSourceFiles, root } from './source-files.ts';

const comment = /^\s*\/\/[^\n]*$|\/\*.*?\*\//gms;
/** As the formatter leaves it: from the start of a line to one that begins or ends it. */
const typeDeclaration = /^(?:export )?(?:declare )?(?:interface|type) .*?(?:^\}|;$|\}$)/gms;
const typeMembers = /^(?:export )?interface [^{]*\{.*?^\}/gms;

/** Types, constants and re-exports do nothing; what is left without the types may. */
function hasBehaviour(text: string): boolean {
  const values = text.replace(comment, '').replace(typeMembers, '').replace(typeDeclaration, '');
  return /=>|\bfunction\b|^(?:export )?(?:default )?(?:abstract )?class\b/m.test(values);
}

function testOf(path: string): string {
  return path.replace(/^src\//, 'test/').replace(/\.tsx?$/, '.test.ts');
}

test('every file of src that does something has a test of its name', () => {
  const untested = readSourceFiles('src')
    .filter(({ path, text }) => hasBehaviour(text) && !existsSync(root + testOf(path)))
    .map(({ path }) => `${path}: write ${testOf(path)}, or move what tests it there`);
  expect(untested).toEqual([]);
});

test.each([
  ['a function', 'export function a() {\n  return 1;\n}', true],
  ['an arrow', 'export const a = (b: number) => b + 1;', true],
  ['a class', 'export class A {\n  #b = 1;\n}', true],
  ['a function after a type', 'type A = () => void;\nfunction b() {}', true],
  ['a function after a comment', '// A.\nfunction b() {}', true],
  ['a type with methods', 'export interface A {\n  b(): void;\n  c: () => string;\n}', false],
  ['a constant', "export const a = ['b', 'c'] as const;", false],
  ['a face', "export { a } from './a.ts';\nexport type { B } from './b.ts';", false],
  ['a comment', '/** A function => b. */\nexport const a = 1;', false],
])('%s: does something: %s', (_, text, does) => {
  expect(hasBehaviour(text)).toBe(does);
});
