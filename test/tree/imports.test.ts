// Holds the tree to its rules: who may import whom, and what stands where. Each rule also meets
// files that break it.
import { describe, expect, test } from 'vitest';
import { upwardImports } from './areas.ts';
import { importRules } from './import-rules.ts';
import { names, placeRules } from './place-rules.ts';
import { testRule } from './rule.ts';
import { importsOf, readSourceFiles } from './source-files.ts';

const src = [...readSourceFiles('src'), ...readSourceFiles('simulators')];

describe('the imports of src', () => {
  test('every room imports rooms below it alone', () => {
    expect(upwardImports()).toEqual([]);
  });

  for (const rule of importRules) testRule(rule, src);
});

describe('what stands where', () => {
  for (const rule of placeRules) testRule(rule, src);
  testRule(names, [...src, ...readSourceFiles('test'), ...readSourceFiles('bench')]);
});

describe('the scanner', () => {
  const imports = (text: string) => importsOf({ path: 'src/core/a.ts', text });

  test('finds every form of import and export, types included', () => {
    const text = [
      "import x from './x.ts';",
      "import type { Y } from './y.ts';",
      "import {\n  a,\n  type B,\n} from '../z.ts';",
      "import * as schema from './store/schema.ts';",
      "import './effect.ts';",
      "export * from './all.ts';",
      "export type { C } from './c.ts';",
      "const d = () => import('./d.ts');",
      "type E = import('./e.ts').E;",
      "import { z } from 'zod';",
    ].join('\n');
    expect(imports(text)).toEqual([
      'src/core/x.ts',
      'src/core/y.ts',
      'src/z.ts',
      'src/core/store/schema.ts',
      'src/core/effect.ts',
      'src/core/all.ts',
      'src/core/c.ts',
      'zod',
      'src/core/d.ts',
      'src/core/e.ts',
    ]);
  });

  test('an export that imports nothing does not swallow what follows', () => {
    expect(
      imports("export const a = 'b';\nexport function c() {}\nimport d from './d.ts';"),
    ).toEqual(['src/core/d.ts']);
  });

  test('sees the tree: main reaches every command, and src has files in each area', () => {
    const main = src.find(({ path }) => path === 'src/main.ts')!;
    expect(importsOf(main)).toContain('src/commands/check.ts');
    expect(src.length).toBeGreaterThan(50);
    expect(
      src.flatMap(importsOf).filter((target) => target.startsWith('src/')).length,
    ).toBeGreaterThan(100);
  });

  test('every import of a module of our own leads to a file that exists', () => {
    const paths = new Set(src.map(({ path }) => path));
    const targets = src.flatMap(importsOf).filter((target) => target.startsWith('src/'));
    expect(targets.filter((target) => !paths.has(target))).toEqual([]);
  });
});
