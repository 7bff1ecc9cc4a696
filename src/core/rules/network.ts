// Networks in CIDR notation, IPv4 and IPv6. An IPv4-mapped address (`::ffff:10.0.0.1`) counts as
// IPv4.
import { BlockList, isIP, SocketAddress } from 'node:net';

/**
 * True if the address is in it, whatever its zone (`fe80::1%eth0`); false for anything that is no
 * address, and for the other family.
 */
export type Network = (address: string) => boolean;

/**
 * @param text a network, or an address for itself alone; bits beyond the prefix do not count
 * @throws {Error} the message is the end of a sentence about the text
 */
export function parseNetwork(text: string): Network {
  const { base, prefix } = readNetwork(text);
  const list = new BlockList();
  list.addSubnet(base, prefix);
  return (candidate) => {
    const address = addressOf(candidate);
    return address !== undefined && address.family === base.family && list.check(address);
  };
}

/**
 * True if every address of the network `narrow` is in `wide`.
 * @throws {Error} as {@link parseNetwork}
 */
export function coversNetwork(wide: string, narrow: string): boolean {
  const inner = readNetwork(narrow);
  return readNetwork(wide).prefix <= inner.prefix && parseNetwork(wide)(inner.base.address);
}

function readNetwork(text: string): { readonly base: SocketAddress; readonly prefix: number } {
  const [, written = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const base = parseAddress(written);
  const bitsMax = base?.family === 'ipv4' ? 32 : 128;
  // The prefix of an IPv4-mapped network counts the bits of IPv6.
  const bitsBefore = isIP(written) === 6 ? 128 - bitsMax : 0;
  const prefix = bits === undefined ? bitsMax : Number(bits) - bitsBefore;
  if (base === undefined || prefix < 0 || prefix > bitsMax)
    throw new Error('is no network such as 10.0.0.0/8 or fd00::/8');
  return { base, prefix };
}

const addressesMax = 50;

/**
 * The pieces of a text that may be addresses: a device has several, and vendors write them into one
 * text.
 */
export function addressesIn(text: string | undefined): readonly string[] {
  if (!text) return [];
  if (!/[\s,;|]/.test(text)) return [text];
  return text.split(/[\s,;|]+/, addressesMax).filter((piece) => piece !== '');
}

/**
 * Parsing costs twenty times as much as a look-up, and one event is compared with many networks.
 */
let last: { readonly text: string; readonly address: SocketAddress | undefined } = {
  text: '',
  address: undefined,
};

function addressOf(text: string): SocketAddress | undefined {
  if (text !== last.text) last = { text, address: parseAddress(text) };
  return last.address;
}

function parseAddress(address: string): SocketAddress | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  const parsed = new SocketAddress({ address, family: version === 4 ? 'ipv4' : 'ipv6' });
  const [, mapped] = /^::ffff:([\d.]+)$/.exec(parsed.address) ?? [];
  return mapped === undefined ? parsed : new SocketAddress({ address: mapped, family: 'ipv4' });
}
