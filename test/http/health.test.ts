// Liveness and readiness: what each says, and that neither hangs or shows what went wrong.
import { describe, expect, it, vi } from 'vitest';
import { settledMs } from '../support/stopwatch.ts';
import { setUp } from './set-up.ts';

describe('health', () => {
  it('says 200 while the loops turn, whatever the database does', async () => {
    const { app } = setUp({ isReady: () => Promise.reject(new Error('away')) });
    const answer = await app.request('/healthz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok' });
  });

  it('says 503 and which loop stands still', async () => {
    const { app } = setUp({
      isLive: () => ({ ok: false, detail: 'the delivery loop stands still' }),
    });
    const answer = await app.request('/healthz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'failing',
      detail: 'the delivery loop stands still',
    });
  });

  it('is ready when the database is, and says what it lacks when it is not', async () => {
    const ready = await setUp().app.request('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', detail: 'the database answers' },
    ]);
    const { app } = setUp({
      isReady: async () => ({ ok: false, detail: 'the database is not migrated' }),
    });
    const answer = await app.request('/readyz');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not ready', detail: 'the database is not migrated' },
    ]);
  });

  it('is not ready when the check fails, and shows nothing of the error', async () => {
    const { app } = setUp({
      isReady: () => Promise.reject(new Error('password authentication failed for user "x"')),
    });
    const answer = await app.request('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('password');
  });

  it('answers "not ready" within its limit while the database hangs', async () => {
    const answer = Promise.resolve(
      setUp({ isReady: () => new Promise(() => {}) }).app.request('/readyz'),
    );
    expect(await settledMs(answer)).toBeLessThan(3500);
    expect((await answer).status).toBe(503);
  });

  it('is asked of the database again for the next probe, once an answer is old', async () => {
    let checks = 0;
    const { app } = setUp({
      isReady: async () => {
        checks += 1;
        return { ok: checks > 1, detail: `check ${checks}` };
      },
    });
    expect((await app.request('/readyz')).status).toBe(503);
    await vi.waitFor(async () => expect((await app.request('/readyz')).status).toBe(200));
    expect(checks).toBeGreaterThan(1);
  });
});
