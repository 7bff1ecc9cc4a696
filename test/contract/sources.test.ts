// Walks the registry: a source that is not named, tested and described as the others are fails
// here.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sources } from '../../src/sources/index.ts';
import { describeDefinition } from './definition-suite.ts';

const folder = new URL('../../src/sources/', import.meta.url);
const tests = new URL('../sources/', import.meta.url);

describe('the registry of sources', () => {
  test('has a source of every vendor that there is', () => {
    const vendors = readdirSync(folder)
      .filter((name) => !['index.ts', 'registry.ts'].includes(name))
      .map((name) => name.replace(/\.ts$/, ''));
    for (const vendor of vendors) {
      expect(
        Object.keys(sources).some((key) => key === vendor || key.startsWith(`${vendor}_`)),
        vendor,
      ).toBe(true);
    }
  });

  for (const [key, definition] of Object.entries(sources)) {
    // One file or folder a vendor, who may have several: `deepinstinct_events` lies in
    // `deepinstinct/`.
    const words = key.split('_');
    describeDefinition(
      key,
      definition,
      folder,
      words.map((_word, index) => words.slice(0, index + 1).join('_')),
    );

    test(`${key} has words for each of its streams, and for no other`, () => {
      const { product, streams = [] } = definition;
      if (product === undefined) return;
      expect(product.name).toMatch(/\S/);
      expect(Object.keys(product.streams).sort()).toEqual([...streams].sort());
      for (const words of Object.values(product.streams).flatMap((one) => Object.values(one))) {
        expect(words).toEqual({
          title: expect.stringMatching(/\S/),
          number: expect.stringMatching(/\S/),
        });
      }
    });

    test(`${key} runs the source suite in tests of its own`, () => {
      const name = key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
      const call = new RegExp(
        `^\\s*describe(?:Poll|Push)Source\\((${name}|sources\\.${key})\\b`,
        'm',
      );
      const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.test.ts'),
      );
      expect(
        files.filter((file) => call.test(readFileSync(new URL(file, tests), 'utf8'))),
      ).toHaveLength(1);
    });
  }
});
