// docs/tocsin.schema.json must say what the code says. `vitest run -u` writes it anew.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { jsonSchemaOf } from './json-schema.ts';

test('the file is what the schemas of the code give', async () => {
  const schema = jsonSchemaOf({ sources, sinks });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/tocsin.schema.json',
  );
});

test('the example names it', () => {
  const example = readFileSync(new URL('../../docs/tocsin.example.yaml', import.meta.url), 'utf8');
  expect(example).toContain('# yaml-language-server: $schema=tocsin.schema.json\n');
});
