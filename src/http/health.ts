// Liveness and readiness. Live: the loops of this process run. Ready: the database answers. The
// state of sinks affects neither.
import { Hono } from 'hono';
import { within } from '../kit/deadline.ts';
import { shared } from './computed-once.ts';

export interface HealthDependencies {
  /** Does no I/O, so that a database that is down does not get every replica killed. */
  isLive(): { readonly ok: boolean; readonly detail?: string };
  /** A rejection means not ready. Anybody may see `detail`, so it must hold no secret. */
  isReady(): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

const readyWaitMs = 2000;

export function createHealthRoutes(deps: HealthDependencies): Hono {
  const app = new Hono();
  const isReady = shared(() => readinessWithin(deps, readyWaitMs), { freshMs: 100 });
  app.get('/healthz', (c) => {
    const { ok, detail } = deps.isLive();
    return c.json(
      { status: ok ? 'ok' : 'failing', ...(detail !== undefined && { detail }) },
      ok ? 200 : 503,
    );
  });
  app.get('/readyz', async (c) => {
    const { ok, detail } = await isReady();
    return c.json({ status: ok ? 'ok' : 'not ready', detail }, ok ? 200 : 503);
  });
  return app;
}

/** Answers within `waitMs`: probes give up after seconds, and their requests would pile up. */
async function readinessWithin(
  deps: HealthDependencies,
  waitMs: number,
): ReturnType<HealthDependencies['isReady']> {
  try {
    const late = () => ({ ok: false, detail: 'the database does not answer' });
    return await within(deps.isReady(), waitMs, late);
  } catch {
    return { ok: false, detail: 'the check of the database failed' };
  }
}
