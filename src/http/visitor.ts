// Who visits the API and the page: the one question that both ask before anything else.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { type Refusal, type RefusalCode, refusal, refusalText } from '../kit/refusals.ts';
import type { Actor } from '../operations/index.ts';

/** Why somebody may not come in, and how they may. */
export interface Stranger {
  readonly status: 401 | 403 | 429 | 503;
  /** In English: what is wrong, what to do. */
  readonly detail: string;
  /** The same for other languages; absent: whoever sets up a proxy reads it. */
  readonly refusal?: Refusal;
  readonly retryAfterSeconds?: number;
}

export function strangerOf(
  status: Stranger['status'],
  code: RefusalCode,
  values: Refusal['values'] = {},
): Stranger {
  const why = refusal(code, values);
  return { status, detail: refusalText(why), refusal: why };
}

export type Visitor = { readonly actor: Actor } | { readonly stranger: Stranger };

/** Tells who sent a request. Changes nothing about it. @throws the driver's error */
export type Identify = (c: Context) => Promise<Visitor>;

const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
const loopbackPeer = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;

/** A proxy on the machine itself adds them, for somebody who may be anywhere. */
const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];

/**
 * While nobody has a way in: people on the machine itself may look. The `Host` counts too, since a
 * web site may have its name lead to 127.0.0.1.
 */
export async function loopbackVisitor(c: Context): Promise<Visitor> {
  const address = addressOf(c);
  const isForwarded = forwardingHeaders.some((name) => c.req.header(name) !== undefined);
  if (!isForwarded && loopbackPeer.test(address) && loopbackHost.test(c.req.header('host') ?? ''))
    return { actor: { name: 'loopback', role: 'read', via: 'api', address } };
  return { stranger: strangerOf(403, 'loopbackAlone') };
}

/** Of the socket; empty where there is none. */
export function addressOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: IncomingMessage };
  return incoming?.socket.remoteAddress ?? '';
}

/** Undefined where there is no socket. */
export function outgoingOf(c: Context): ServerResponse | undefined {
  const { outgoing } = (c.env ?? {}) as { readonly outgoing?: ServerResponse };
  return outgoing;
}
