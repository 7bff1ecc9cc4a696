// Where a request comes from: the other end of the socket, and the client behind proxies that are
// trusted.
import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { Access } from '../../kit/access.ts';
import { addressOf } from '../visitor.ts';

export interface Client {
  /** The other end of the socket; empty where there is none. */
  readonly peer: string;
  /** As far as trusted proxies tell. */
  readonly address: string;
}

/** So that an endless header costs no time. */
const hopsMax = 20;

export function clientOf(c: Context, access: Pick<Access, 'isTrustedProxy'>): Client {
  const peer = plain(addressOf(c));
  return { peer, address: clientBehind(peer, c.req.header('x-forwarded-for'), access) };
}

/**
 * Goes from the peer to the left of `X-Forwarded-For` as long as each address is a trusted proxy's:
 * what stands further left may be anybody's invention. Pure.
 */
export function clientBehind(
  peer: string,
  forwardedFor: string | undefined,
  { isTrustedProxy }: Pick<Access, 'isTrustedProxy'>,
): string {
  const hops = (forwardedFor ?? '').split(',').slice(-hopsMax).map(addressIn);
  let client = peer;
  while (client !== '' && isTrustedProxy(client)) {
    const next = hops.pop();
    if (next === undefined || next === '') break;
    client = next;
  }
  return client;
}

/** Without a port; empty if it is no address. */
function addressIn(hop: string): string {
  const text = hop.trim();
  const bare =
    /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? '' : plain(bare);
}

function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** What counts as one client: an IPv4 address, or the /64 that an IPv6 client chooses freely from. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
