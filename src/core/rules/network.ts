// Networks in CIDR notation, IPv4 and IPv6.
import { BlockList, isIP } from 'node:net';

/** True if the address is in it; false for anything that is no address. */
export type Network = (address: string) => boolean;

/** @throws {Error} the message is the end of a sentence about the text */
export function parseNetwork(text: string): Network {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const version = isIP(address);
  const bitsMax = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? bitsMax : Number(bits);
  if (version === 0 || address.includes('%') || prefix > bitsMax)
    throw new Error('is no network such as 10.0.0.0/8 or fd00::/8');
  const list = new BlockList();
  list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return (candidate) => {
    const family = isIP(candidate);
    // An IPv4 address in the clothes of an IPv6 one is found as what it is.
    return family !== 0 && list.check(candidate, family === 4 ? 'ipv4' : 'ipv6');
  };
}
