// The page as a whole: who sees it, what it says when it cannot be shown, and what it never does.
import { describe, expect, test, vi } from 'vitest';
import { ConflictError, NotFoundError } from '../../../src/operations/index.ts';
import { ann, contextOn } from '../../operations/acting.ts';
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
      ...contextOn(db()),
      get db(): never {
        throw error;
      },
    };
  };
  const answer = await createTestPage(db(), { contextOf, onFailure }).request('/status');
  const html = await answer.text();
  expect([answer.status, html]).toEqual([status, expect.stringContaining(words)]);
  expect(html).not.toContain('secret host');
  expect(onFailure).toHaveBeenCalledTimes(status === 500 ? 1 : 0);
});

test('what is refused is said in the language of the visitor', async () => {
  const page = createTestPage(db());
  const body = new URLSearchParams({ name: 'ci', role: 'read', expires: 'soon' });
  for (const [path, said, init] of [
    ['/sinks/nowhere?lang=th', 'ไม่มีปลายทางชื่อ nowhere', {}],
    ['/tokens?lang=th', 'โทเค็นหมดอายุเวลานั้นไม่ได้', { method: 'POST', body }],
    ['/sinks/nowhere?lang=en', 'No sink is called &quot;nowhere&quot;.', {}],
  ] as const)
    expect(await (await page.request(path, init)).text(), path).toContain(said);
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

describe('a visitor who sends what nobody would', () => {
  test.each([
    '/dead?sink=%00',
    '/dead/redrive?sink=a%00b',
    '/deliveries?sink=%00',
    '/events?device=%00&sink=%00',
    '/sources/one/search?item=%00',
    '/silences/new?for=2h&matcher=%7B%22types%22%3A%5B%22%5Cu0000%22%5D%7D',
  ])('is told what is wrong with NUL: %s', async (path) => {
    const onFailure = vi.fn();
    const answer = await createTestPage(db(), { onFailure }).request(path);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('NUL')]);
    expect(onFailure).not.toHaveBeenCalled();
  });

  test('is told so too with NUL in a form', async () => {
    const body = new URLSearchParams({ reason: 'a\0b', for: '1h' });
    const page = createTestPage(db());
    const answer = await page.request('/sinks/soc/pause', { method: 'POST', body });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('NUL')]);
  });

  test('is told that a form cannot be read', async () => {
    const headers = { 'content-type': 'multipart/form-data' };
    const sent = { method: 'POST', headers, body: 'x' };
    const answer = await createTestPage(db()).request('/sinks/soc/pause', sent);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('The form cannot be read.'),
    ]);
  });

  test('and is a stranger has no form read', async () => {
    const stranger = { status: 401, detail: 'Sign in.' } as const;
    const page = createTestPage(db(), { identify: async () => ({ stranger }) });
    const headers = { 'content-type': 'multipart/form-data' };
    const sent = { method: 'POST', headers, body: 'x' };
    expect((await page.request('/sinks/soc/pause', sent)).status).toBe(401);
  });

  test('is told how long a form may be', async () => {
    const body = new URLSearchParams({ reason: 'x'.repeat(100_001) });
    const sent = { method: 'POST', body };
    const answer = await createTestPage(db()).request('/sinks/soc/pause', sent);
    expect([answer.status, await answer.text()]).toEqual([
      413,
      expect.stringContaining('A form may have 100000 bytes.'),
    ]);
  });
});

/** Forms that change nothing: what they send would not fit into an address. */
const harmless = ['/routes/test', '/routes/draft'];

test('a visitor who may only look is refused each act', async () => {
  const identify = async () => ({ actor: { ...ann, role: 'read' as const } });
  const page = createTestPage(db(), { identify });
  const paths = page.routes.filter(({ method }) => method === 'POST').map(({ path }) => path);
  const acts = [...new Set(paths)].filter((path) => !harmless.includes(path));
  expect(acts.length).toBeGreaterThan(10);
  for (const path of acts) {
    const body = new URLSearchParams({ expected: '1', confirm: 'a', reason: 'x', for: '1h' });
    const answer = await page.request(path.replace(/:\w+/g, '1'), { method: 'POST', body });
    expect([path, answer.status]).toEqual([path, 403]);
  }
  const noted = await db().$client`select count(*)::int as n from audit_log`;
  expect(noted[0]?.n).toBe(0);
});

test('a visitor who may only look sees no form that acts', async () => {
  const identify = async () => ({ actor: { ...ann, role: 'read' as const } });
  const page = createTestPage(db(), { identify });
  for (const path of ['/', '/sinks', '/sinks/soc', '/sources/a', '/silences', '/dead', '/routes']) {
    const html = await (await page.request(path)).text();
    const forms = [...html.matchAll(/<form method="post" action="([^"]+)"/g)].map(([, to]) => to);
    expect([path, forms.filter((to) => to !== '/logout' && !harmless.includes(to!))]).toEqual([
      path,
      [],
    ]);
  }
});

test('an act is said by the browser that acted, and by no address', async () => {
  const page = createTestPage(db());
  const cookie = 'tocsin_notice=redriven.200';
  const after = await (await page.request('/dead', { headers: { cookie } })).text();
  expect(after).toContain('200 were put back.');
  const linked = await (await page.request('/dead?done=redriven&n=200')).text();
  expect(linked).not.toContain('were put back');
});
