// Walks the registry: a sink that is not named, tested and described as the others are fails here.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sinks } from '../../src/sinks/index.ts';
import { describeDefinition } from './definition-suite.ts';
import { saidCaseNames } from './sink-cases.ts';

const folder = new URL('../../src/sinks/', import.meta.url);
const tests = new URL('../sinks/', import.meta.url);

/** Where the sink runs the suite. */
function testFilesOf(key: string): string[] {
  const name = key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  const call = new RegExp(`^describeSink\\(${name}\\b`, 'm');
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, tests), 'utf8'))
    .filter((text) => call.test(text));
}

describe('the registry of sinks', () => {
  test('has a sink of every product that there is', () => {
    const products = readdirSync(folder)
      .filter((name) => !['index.ts', 'registry.ts'].includes(name))
      .map((name) => name.replace(/\.ts$/, ''));
    for (const product of products) expect(Object.keys(sinks), product).toContain(product);
  });

  test('is in the order of the alphabet, as are the tables that are made of it', () => {
    expect(Object.keys(sinks)).toEqual(Object.keys(sinks).toSorted());
  });

  for (const [key, definition] of Object.entries(sinks)) {
    // One file or folder a product, which may have several: `mattermost_bot` lies in `mattermost/`.
    const words = key.split('_');
    describeDefinition(
      key,
      definition,
      folder,
      words.map((_word, index) => words.slice(0, index + 1).join('_')),
    );

    test(`${key} runs the sink suite in its own test file`, () => {
      expect(testFilesOf(key)).toHaveLength(1);
    });

    test(`${key} is judged by what it says, and leaves no case of that out`, () => {
      const [text] = testFilesOf(key);
      expect(saidCaseNames.filter((name) => text!.includes(name))).toEqual([]);
    });
  }
});
