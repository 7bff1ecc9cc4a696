// Hosts that stand in nobody's public network, and lists of hosts and networks. Pure; asks no name
// server, so a name that looks public is taken for public.
import { BlockList, isIP } from 'node:net';

const internal = new BlockList();
for (const [base, bits] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  internal.addSubnet(base, bits, 'ipv4');
internal.addSubnet('::1', 128, 'ipv6');
internal.addSubnet('fc00::', 7, 'ipv6');
internal.addSubnet('fe80::', 10, 'ipv6');

/** @param host a name or an address, without brackets */
export function isInternalHost(host: string): boolean {
  if (isIP(host) !== 0) return internal.check(host, familyOf(host));
  return !host.includes('.') || /\.(?:local|internal|lan|home\.arpa|localhost)$/i.test(host);
}

/**
 * Whether a list names the host: itself, or a network around its address.
 * @param list entries with blanks or commas between them; what is neither host nor network counts
 *   for nothing
 */
export function listsHost(list: string, host: string): boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.some((entry) => entry.toLowerCase() === host.toLowerCase() || covers(entry, host));
}

function covers(network: string, address: string): boolean {
  const [base = '', length = ''] = network.split('/');
  if (isIP(base) === 0 || isIP(base) !== isIP(address) || !/^\d{1,3}$/.test(length)) return false;
  if (Number(length) > (isIP(base) === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length), familyOf(base));
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
