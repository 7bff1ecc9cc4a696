// Where chat products call when somebody presses a button or writes a command:
// `POST /chat/<sink>/actions` and `POST /chat/<sink>/command`. Whoever they answer gets 200 with
// words, because products show nothing of any other answer.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ChatEnd } from '../../core/chat/index.ts';
import type { ChatPerson } from '../../kit/chat.ts';
import type { Actor, OperationContext } from '../../operations/index.ts';
import { addressOf } from '../visitor.ts';
import { command } from './command.ts';
import { press } from './press.ts';
import { type Said, Visit } from './visit.ts';

export interface ChatDependencies {
  /** Undefined: there is no such sink, or nobody can act there. */
  chatOf(sink: string): ChatEnd | undefined;
  /** Undefined while the database is not ready. */
  contextOf(actor: Actor): OperationContext | undefined;
  /** Gets the reason of a failure; the person learns only that there was one. */
  onFailure(what: string, error: unknown): void;
}

/** A press has some hundred bytes, a command at most as many characters as a message. */
const bodyBytesMax = 100_000;

/** What a request asks for, or that it asks for nothing. */
type Read = { readonly person: ChatPerson; answer(visit: Visit): Promise<Said> } | undefined;

export function createChat(deps: ChatDependencies): Hono {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: (c) => refused(c, 413) }));
  app.post('/:sink/actions', (c) =>
    answered(c, 'button', (end, request) => {
      const pressed = end.chat.button(request);
      return pressed && { person: pressed.person, answer: (visit) => press(visit, pressed) };
    }),
  );
  app.post('/:sink/command', (c) =>
    answered(c, 'command', (end, request) => {
      const written = end.chat.command(request);
      return written && { person: written.person, answer: (visit) => command(visit, written) };
    }),
  );
  for (const path of ['/:sink/actions', '/:sink/command'])
    app.all(path, (c) => c.json({ error: 'only POST is answered here' }, 405, { Allow: 'POST' }));
  return app;

  async function answered(
    c: Context,
    to: 'button' | 'command',
    read: (end: ChatEnd, request: Parameters<ChatEnd['chat']['button']>[0]) => Read,
  ): Promise<Response> {
    const end = deps.chatOf(c.req.param('sink')!);
    if (end === undefined) return refused(c, 404);
    const asked = read(end, {
      headers: c.req.raw.headers,
      query: new URL(c.req.url).searchParams,
      body: new Uint8Array(await c.req.arrayBuffer()),
    });
    if (asked === undefined) return refused(c, to === 'command' ? 401 : 400);
    const visit = new Visit(end, { ...deps, person: asked.person, address: addressOf(c) });
    const lines = await visit.answer(asked.answer);
    return c.json(end.chat.answer({ to, lines, message: visit.message }));
  }
}

const refusals = {
  400: 'this is no press of a button',
  401: 'the token of the command is not the one that this sink has',
  404: 'no sink of this name has buttons or a command',
  413: 'the request is too large',
} as const;

function refused(c: Context, status: keyof typeof refusals): Response {
  return c.json({ error: refusals[status] }, status);
}
