// The page's own files: small, kept for good by browsers, under an address that changes with them.
import { expect, test } from 'vitest';
import { createAssets } from '../../../src/http/page/assets.ts';

const { addresses, routes } = createAssets();

test.each([
  ['css', 'text/css'],
  ['script', 'text/javascript'],
  ['icon', 'image/svg+xml'],
] as const)('%s is served, and never asked for again', async (kind, type) => {
  const answer = await routes.request(addresses[kind]);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain(type);
  expect(answer.headers.get('cache-control')).toContain('immutable');
  expect(addresses[kind]).toMatch(/^\/assets\/[0-9a-f]{12}\//);
  expect((await routes.request('/assets/000000000000/page.css')).status).toBe(404);
});

test('together they are small', async () => {
  const bodies = await Promise.all(
    Object.values(addresses).map(async (path) => (await routes.request(path)).arrayBuffer()),
  );
  expect(bodies.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(30_000);
});
