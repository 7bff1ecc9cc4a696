// The page as a whole: who sees it, what it says when it cannot be shown, and what it never does.
import { expect, test, vi } from 'vitest';
import { ConflictError, NotFoundError } from '../../../src/operations/index.ts';
import { ann } from '../../operations/acting.ts';
import { useDatabase } from '../../store/stored.ts';
import { createTestPage } from './visiting.ts';

const db = useDatabase();

test('a view is a whole document in the language of the visitor', async () => {
  const page = createTestPage(db());
  const answer = await page.request('/status');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=UTF-8',
  ]);
  const html = await answer.text();
  expect(html).toMatch(/^<!doctype html><html lang="en" data-theme="auto">/);
  expect(html).toContain('<title>Status · Tocsin</title>');
  expect(html).toContain('aria-current="page"');
  const thai = await page.request('/status', { headers: { 'accept-language': 'th-TH,en;q=0.5' } });
  expect(await thai.text()).toContain('<html lang="th"');
});

test('no view has code or style of its own', async () => {
  for (const path of ['/', '/status']) {
    const html = await (await createTestPage(db()).request(path)).text();
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
    expect(html.match(/<script/g)).toHaveLength(1);
  }
});

test('a stranger learns why, and sees nothing', async () => {
  const stranger = { status: 403, detail: 'Make a token.' } as const;
  const contextOf = vi.fn();
  const page = createTestPage(db(), { identify: async () => ({ stranger }), contextOf });
  const answer = await page.request('/status');
  expect([answer.status, await answer.text()]).toEqual([
    403,
    expect.stringContaining('Make a token.'),
  ]);
});

test.each([
  [new NotFoundError('There is no such event.'), 404, 'There is no such event.'],
  [new ConflictError('Somebody was faster.'), 409, 'Somebody was faster.'],
  [new Error('secret host'), 500, 'its log says why'],
])('%s is answered with %i', async (error, status, words) => {
  const onFailure = vi.fn();
  const contextOf = () => {
    return {
      actor: ann,
      get db(): never {
        throw error;
      },
    } as never;
  };
  const answer = await createTestPage(db(), { contextOf, onFailure }).request('/status');
  const html = await answer.text();
  expect([answer.status, html]).toEqual([status, expect.stringContaining(words)]);
  expect(html).not.toContain('secret host');
  expect(onFailure).toHaveBeenCalledTimes(status === 500 ? 1 : 0);
});

test('while the database is not ready, it says so', async () => {
  const answer = await createTestPage(db(), { contextOf: () => undefined }).request('/');
  expect([answer.status, await answer.text()]).toEqual([
    503,
    expect.stringContaining('The database is not ready.'),
  ]);
});

test('who is not signed in is asked to, and comes back', async () => {
  const stranger = { status: 401, detail: 'Sign in.' } as const;
  const page = createTestPage(db(), { identify: async () => ({ stranger }) });
  const answer = await page.request('/silences?all=yes');
  expect([answer.status, answer.headers.get('location')]).toEqual([
    303,
    '/login?next=%2Fsilences%3Fall%3Dyes',
  ]);
  expect((await page.request('/silences/1/end', { method: 'POST' })).status).toBe(401);
});
