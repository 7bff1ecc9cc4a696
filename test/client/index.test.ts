// The client against the real API: what it sends is taken, and what is refused is a typed error.
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Client, ProblemError } from '../../src/client/index.ts';
import { createApi } from '../../src/http/api/index.ts';
import { ann, contextOn } from '../operations/acting.ts';
import { useDatabase } from '../store/stored.ts';

const db = useDatabase();

function setUp(more: { readonly token?: string } = {}) {
  const onFailure = vi.fn();
  const api = createApi({
    ...{ version: '1', onFailure, identify: async () => ({ actor: ann }) },
    contextOf: () => contextOn(db()),
  });
  const asked: Request[] = [];
  const ask: typeof fetch = async (...given) => {
    const request = new Request(...given);
    asked.push(request.clone());
    const { pathname, search } = new URL(request.url);
    return api.fetch(new Request(`http://x${pathname.replace('/api/v1', '')}${search}`, request));
  };
  onTestFinished(() => expect(onFailure).not.toHaveBeenCalled());
  return { client: new Client({ url: 'https://tocsin.example/', fetch: ask, ...more }), asked };
}

const silence = { silences: [{ matcher: { types: ['A'] }, reason: 'tests', for: '1h' }] };

test('an act and what it made', async () => {
  const { client, asked } = setUp({ token: 'abc' });
  const { added } = await client.call('silence-add', silence);
  const made = added[0]!.silence;
  expect(made.owner).toBe('ann');
  const ended = await client.call('silence-end', { silence: made.id });
  expect(ended.id).toBe(made.id);
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST https://tocsin.example/api/v1/silences',
    `POST https://tocsin.example/api/v1/silences/${made.id}/end`,
  ]);
  expect(asked[0]?.headers.get('authorization')).toBe('Bearer abc');
  expect(await asked[1]?.text()).toBe('{}');
});

test('an act that is sent again with its key happens once', async () => {
  const { client } = setUp();
  const first = await client.call('silence-add', silence, { key: 'k' });
  expect(await client.call('silence-add', silence, { key: 'k' })).toEqual(first);
  const other = await client.call('silence-add', silence);
  expect(other.added[0]?.silence.id).not.toBe(first.added[0]?.silence.id);
});

test('every item of a list, page by page', async () => {
  const { client, asked } = setUp();
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    await client.call('token-create', { name, role: 'read' });
  asked.length = 0;
  const names = [];
  for await (const { name } of client.items('token-list', { limit: 2 })) names.push(name);
  expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
  expect(asked.length).toBe(3);
});

test('what is refused is an error with its status and words', async () => {
  const { client } = setUp();
  const refused = client.call('silence-end', { silence: '999' });
  await expect(refused).rejects.toThrow(ProblemError);
  await expect(refused).rejects.toMatchObject({ status: 404, title: 'Not found' });
});

test('a call can be given up', async () => {
  const { client } = setUp();
  const signal = AbortSignal.abort();
  await expect(client.call('silence-end', { silence: '9' }, { signal })).rejects.toThrow();
});

test('nothing of the service is loaded at run time', () => {
  for (const name of ['index', 'operations', 'problem']) {
    const text = readFileSync(new URL(`../../src/client/${name}.ts`, import.meta.url), 'utf8');
    const loaded = [...text.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)'/gm)];
    for (const [, place] of loaded) expect(place).toMatch(/^\.\/(operations|problem)\.ts$/);
  }
});
