// The document of the API as it is kept in docs/openapi.json: whoever changes the API sees what
// that does to clients, and accepts it with `npx vitest run test/http/api/golden.test.ts -u`.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createDocument } from '../../../src/http/api/document.ts';
import { isRouted } from '../../../src/http/api/routes.ts';
import { operations } from '../../../src/operations/index.ts';
import { manifest } from '../../tree/project-files.ts';

type Json = Readonly<Record<string, unknown>>;

const { breakingChanges } = (await import(
  new URL('../../../release/breaks/openapi.mjs', import.meta.url).href
)) as { breakingChanges(before: Json, after: Json): string[] };

const kept = '../../../docs/openapi.json';
const document: Json = JSON.parse(
  JSON.stringify(createDocument(operations.filter(isRouted), manifest.version)),
);

test('the API breaks no client of the one that is kept', () => {
  const golden: Json = JSON.parse(readFileSync(new URL(kept, import.meta.url), 'utf8'));
  const broken = breakingChanges(golden, document);
  // With `-u` it is meant, and the diff of the file shows it.
  const { snapshotState } = expect.getState() as unknown as {
    readonly snapshotState: { readonly _updateSnapshot: string };
  };
  const isMeant = snapshotState._updateSnapshot === 'all';
  expect(isMeant ? [] : broken).toEqual([]);
});

test('the API is the one that is kept', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(kept);
});

describe('what breaks', () => {
  const list = (type: string) => ({
    type: 'array',
    items: { $ref: `#/components/schemas/${type}` },
  });
  const bell = {
    type: 'object',
    properties: { id: { type: 'string' }, tone: { enum: ['high', 'low'] } },
  };
  const before = {
    paths: {
      '/bells': {
        post: {
          parameters: [{ name: 'key', schema: { type: 'string' } }],
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  properties: { tone: { enum: ['high', 'low'] }, size: { type: 'integer' } },
                  required: ['tone'],
                },
              },
            },
          },
          responses: {
            200: {
              content: { 'application/json': { schema: { properties: { items: list('Bell') } } } },
            },
          },
        },
      },
    },
    components: { schemas: { Bell: bell } },
  };
  const changed = (change: (text: string) => string) => JSON.parse(change(JSON.stringify(before)));

  test.each([
    ['nothing', (text: string) => text, []],
    [
      'a path that is gone',
      (text: string) => text.replace('/bells', '/rings'),
      ['POST /bells is gone'],
    ],
    [
      'a field that is required now',
      (text: string) => text.replace('["tone"]', '["tone","size"]'),
      ['POST /bells takes size, which is now required'],
    ],
    [
      'a field that is taken no longer',
      (text: string) => text.replace('"size"', '"weight"'),
      ['POST /bells takes size no longer'],
    ],
    [
      'another type',
      (text: string) => text.replace('"integer"', '"string"'),
      ['POST /bells takes another type of size'],
    ],
    [
      'a word that is gone',
      (text: string) => text.replaceAll('["high","low"]', '["high"]'),
      ['POST /bells takes no low as tone'],
    ],
    [
      'a word that is new',
      (text: string) => text.replaceAll('["high","low"]', '["high","low","mid"]'),
      ['POST /bells answers in items with mid as tone'],
    ],
    [
      'a field that is answered no longer',
      (text: string) => text.replace('"id"', '"number"'),
      ['POST /bells answers in items without id'],
    ],
    [
      'new fields alone',
      (text: string) =>
        text
          .replace('"size"', '"size":{"type":"integer"},"weight"')
          .replace('"id"', '"id":{"type":"string"},"number"'),
      [],
    ],
  ])('%s', (_, change, lines) => {
    expect(breakingChanges(before, changed(change))).toEqual(lines);
  });
});
