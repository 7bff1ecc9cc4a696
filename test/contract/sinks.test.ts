// Walks the registry: a sink that is not named, tested and described as the others are fails here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sinks } from '../../src/sinks/index.ts';
import { describeDefinition } from './definition-suite.ts';
import { saidCaseNames } from './sink-cases.ts';

const folder = new URL('../../src/sinks/', import.meta.url);
const tests = new URL('../sinks/', import.meta.url);

describe('the registry of sinks', () => {
  test('holds every sink that there is', () => {
    const files = readdirSync(folder).filter((name) => name !== 'index.ts');
    expect(Object.keys(sinks).sort()).toEqual(
      files.map((name) => name.replace(/\.ts$/, '')).sort(),
    );
  });

  for (const [key, definition] of Object.entries(sinks)) {
    describeDefinition(key, definition, folder);

    test(`${key} runs the sink suite in its own test file`, () => {
      const files = [`${key}.test.ts`, `${key}/index.test.ts`].map((name) => new URL(name, tests));
      const file = files.find(existsSync);
      expect(file, `write ${files.join(' or ')}`).toBeDefined();
      expect(readFileSync(file!, 'utf8')).toMatch(/^describeSink\(/m);
    });

    test(`${key} is judged by what it says, and leaves no case of that out`, () => {
      const files = [`${key}.test.ts`, `${key}/index.test.ts`].map((name) => new URL(name, tests));
      const text = readFileSync(files.find(existsSync)!, 'utf8');
      expect(saidCaseNames.filter((name) => text.includes(name))).toEqual([]);
    });
  }
});
