// Tokens and sessions on the page: made and shown once, revoked, ended, for admins alone.
import { expect, test } from 'vitest';
import { listAudit } from '../../../../src/store/audit.ts';
import { beginSession } from '../../../../src/store/sessions.ts';
import { useDatabase } from '../../../store/stored.ts';
import { sentTo, visitor } from '../visiting.ts';

const db = useDatabase();
const admin = () => visitor(db(), 'admin');

test('a token is shown once, and then only its name', async () => {
  const made = await admin().post('/tokens', { name: 'grafana', role: 'read', expires: '' });
  const [, text] = /<code class="theirs">([^<]+)</.exec(await made.text()) ?? [];
  expect(text).toMatch(/^\S{20,}$/);
  const list = await admin().get('/tokens');
  expect(list).toContain('grafana');
  expect(list).not.toContain(text);
  expect(JSON.stringify(await listAudit(db(), { limit: 5 }))).not.toContain(text);
});

test('the form of a token that is sent again makes no second one', async () => {
  const form = { name: 'grafana', role: 'read', expires: '' };
  expect((await admin().post('/tokens', form)).status).toBe(200);
  const again = await admin().post('/tokens', form);
  expect([again.status, await again.text()]).toEqual([
    409,
    expect.stringContaining('There is a token called &quot;grafana&quot;.'),
  ]);
});

test('a token is revoked after a last step that names it', async () => {
  await admin().post('/tokens', { name: 'old', role: 'operate', expires: '30d' });
  const [, path] = /href="(\/tokens\/\d+\/revoke)"/.exec(await admin().get('/tokens'))!;
  // The name comes from the store, whatever the address says.
  expect(await admin().get(`${path}?name=harmless`)).toContain('Revoke old (operate)');
  expect(await admin().get('/tokens/999/revoke')).toContain('There is no token 999');
  const done = await admin().post(path!, {});
  expect(sentTo(done)).toBe('/tokens tokenRevoked.0');
  expect(await admin().get('/tokens')).not.toContain('data-key="token');
  expect(await admin().get('/tokens?all=yes')).toContain('Revoked');
});

test('the sessions of one person end, counted before', async () => {
  for (const [hash, subject] of [
    ['a', 'bob<'],
    ['b', 'bob<'],
    ['c', 'eve'],
  ] as const) {
    const session = { hash: hash.repeat(64), subject, role: 'read', via: 'oidc', tokenId: null };
    await beginSession(db(), session as never);
  }
  const path = '/tokens/sessions?subject=bob%3C';
  expect(await admin().get('/tokens')).toContain(`href="${path}"`);
  expect(await admin().get(path)).toContain('Sessions now: 2.');
  const done = await admin().post('/tokens/sessions', { subject: 'bob<' });
  expect(sentTo(done)).toBe('/tokens sessionsEnded.2');
  expect(await admin().get('/tokens')).toContain('eve');
});

test('others see nothing of it, and make nothing', async () => {
  const operator = visitor(db(), 'operate');
  expect(await operator.get('/tokens')).toContain('needs the role');
  expect((await operator.post('/tokens', { name: 'x', role: 'admin' })).status).toBe(403);
});

test.each([
  [{ name: '<b>', role: 'read' }, 'name is not right'],
  [{ name: 'x', role: 'root' }, 'role is not right'],
  [{ name: 'x', role: 'read', expires: '20y' }, 'from 1m to 10y'],
])('%j is refused in words', async (form, words) => {
  const answer = await admin().post('/tokens', form);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)]);
});
