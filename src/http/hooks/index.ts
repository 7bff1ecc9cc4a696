// Where products push events: `POST /hooks/<source>`, with the secret behind it if that is the proof.
// Knows nothing of tokens and sessions: what is let in here is let in nowhere else.
import { type Context, Hono } from 'hono';
import type { Access } from '../../kit/access.ts';
import type { PushDoor, PushReply } from '../../kit/push-door.ts';
import { clientOf } from '../identity/client.ts';
import { readBody } from './body.ts';

export interface HookDependencies {
  /** Undefined: nothing is pushed to a source of this name. */
  doorOf(source: string): PushDoor | undefined;
  /** As it is configured now. */
  access(): Pick<Access, 'isTrustedProxy'>;
}

export function createHooks({ doorOf, access }: HookDependencies): Hono {
  const app = new Hono();
  const take = async (c: Context) => {
    const door = doorOf(c.req.param('source')!);
    if (door === undefined) return c.json({ error: 'no source of this name is pushed to' }, 404);
    const { peer, address } = clientOf(c, access());
    const reply = await door.take({
      method: c.req.method,
      headers: c.req.raw.headers,
      query: new URL(c.req.url).searchParams,
      pathSecret: c.req.param('secret'),
      peer,
      address,
      body: (bytesMax) => readBody(c.req.raw, bytesMax),
    });
    return answer(reply);
  };
  const methods = ['POST', 'PUT', 'GET', 'OPTIONS'];
  app.on(methods, '/:source', take);
  app.on(methods, '/:source/:secret', take);
  for (const path of ['/:source', '/:source/:secret'])
    app.all(path, (c) =>
      c.json({ error: 'only POST and PUT are answered here' }, 405, { Allow: 'POST, PUT' }),
    );
  return app;
}

function answer({ status, headers, body }: PushReply): Response {
  return new Response(body ?? null, { status, headers: { ...headers } });
}
