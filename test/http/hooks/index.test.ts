// The address of sources that are pushed to: only those, and apart from who may see the page.
import { describe, expect, test } from 'vitest';
import type { PushCall, PushDoor } from '../../../src/kit/push-door.ts';
import { setUp } from '../set-up.ts';

function hooks(reply: Awaited<ReturnType<PushDoor['take']>> = { status: 202 }) {
  const calls: PushCall[] = [];
  const door: PushDoor = {
    async take(call) {
      calls.push(call);
      return reply;
    },
  };
  const { app, metrics } = setUp({
    doorOf: (id) => (id === 'siem' ? door : undefined),
    identify: async () => ({ stranger: { status: 401, detail: 'nobody' } }),
  });
  return { app, calls, metrics };
}

describe('a hook', () => {
  test('is reached without any token, and gets what came', async () => {
    const { app, calls } = hooks();
    const answer = await app.request('/hooks/siem/the-secret?x=1', {
      ...{ method: 'POST', body: 'ก', headers: { 'x-token': 't' } },
    });
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    const [call] = calls;
    expect([call?.method, call?.pathSecret, call?.query.get('x')]).toEqual([
      'POST',
      'the-secret',
      '1',
    ]);
    expect(call?.headers.get('x-token')).toBe('t');
    expect(Buffer.from((await call!.body(10)) as Uint8Array).toString()).toBe('ก');
  });

  test('says what its door says', async () => {
    const { app } = hooks({ status: 503, headers: { 'retry-after': '30' }, body: '{}' });
    const answer = await app.request('/hooks/siem', { method: 'PUT', body: '' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
  });

  test.each([
    ['POST', '/hooks/nobody', 404],
    ['POST', '/hooks/constructor', 404],
    ['POST', '/hooks/siem/a/b', 404],
    ['DELETE', '/hooks/siem', 405],
    ['PATCH', '/hooks/siem/x', 405],
  ])('%s %s is answered %i', async (method, path, status) => {
    const { app, calls } = hooks();
    expect((await app.request(path, { method })).status).toBe(status);
    expect(calls).toEqual([]);
  });

  test('opens nothing else', async () => {
    const { app } = hooks();
    for (const path of ['/', '/api/v1/events'])
      expect((await app.request(path)).status, path).not.toBe(200);
  });

  test('has no secret in the metrics', async () => {
    const { app, metrics } = hooks();
    await app.request('/hooks/siem/the-secret', { method: 'POST', body: '{}' });
    const text = await metrics.expose();
    expect(text).toContain('route="/hooks/:source/:secret"');
    expect(text).not.toContain('the-secret');
  });
});
