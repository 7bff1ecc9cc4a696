// docs/tocsin.schema.json, and the schema of the chart's values, must say what the code says.
// `vitest run -u` writes them anew.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { valuesSchemaOf } from '../k8s/values-schema.ts';
import { jsonSchemaOf } from './json-schema.ts';

test('the file is what the schemas of the code give', async () => {
  const schema = jsonSchemaOf({ sources, sinks });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/tocsin.schema.json',
  );
});

test('so is the one by which Helm checks the values of the chart', async () => {
  const schema = valuesSchemaOf({ sources, sinks });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../k8s/chart/values.schema.json',
  );
});

test('the example names it', () => {
  const example = readFileSync(new URL('../../docs/tocsin.example.yaml', import.meta.url), 'utf8');
  expect(example).toContain('# yaml-language-server: $schema=tocsin.schema.json\n');
});
