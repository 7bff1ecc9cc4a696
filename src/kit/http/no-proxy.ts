// NO_PROXY as operators write it for other programs: hosts, domains, addresses, networks, ports.
// Pure. It looks up no name, so a network matches only addresses that are written as addresses.
import { BlockList, isIP } from 'node:net';
import { portOf } from '../origin.ts';

export interface NoProxy {
  /** Whether to call this address without a proxy. */
  isDirect(url: URL): boolean;
  /** The entries that were not understood, as written. */
  readonly unknown: readonly string[];
}

type Matcher = (host: string, port: number) => boolean;

/** The advice for an entry that is not understood. */
export const noProxyForms =
  'Write hosts (chat.example), domains (.example), addresses (10.1.2.3, ::1), networks (10.0.0.0/8, fd00::/8), ' +
  'each but a network with a port if you want (chat.example:8065, [::1]:80), or * for all; between them a comma or a blank';

/** Entries that are not understood match nothing. */
export function readNoProxy(text: string): NoProxy {
  const entries = text.split(/[,\s]+/).filter((entry) => entry !== '');
  const matchers: Matcher[] = [];
  const unknown: string[] = [];
  for (const entry of entries) {
    const matcher = networkMatcher(entry) ?? hostMatcher(entry);
    if (matcher === undefined) unknown.push(entry);
    else matchers.push(matcher);
  }
  return {
    isDirect: (url) => matchers.some((matches) => matches(hostOf(url), portOf(url))),
    unknown,
  };
}

/** Matches a network: `10.0.0.0/8`, `fd00::/8`, `[fd00::]/8`. */
function networkMatcher(entry: string): Matcher | undefined {
  const [, written = '', prefix = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  const address = unbracketed(written);
  const family = isIP(address);
  if (family === 0 || address.includes('%') || Number(prefix) > (family === 4 ? 32 : 128))
    return undefined;
  const network = new BlockList();
  network.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) !== 0 && network.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

/** Matches everything else: `*`, a name, a domain or an address, with or without a port. */
function hostMatcher(entry: string): Matcher | undefined {
  const [, written = '', digits] =
    isIP(entry) === 6 ? [entry, entry] : (/^(.+?)(?::(\d{1,5}))?$/.exec(entry) ?? []);
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const matches =
    written === '*' ? () => true : (addressMatcher(unbracketed(written)) ?? nameMatcher(written));
  if (matches === undefined) return undefined;
  return (host, called) => (port === undefined || port === called) && matches(host, called);
}

function addressMatcher(address: string): Matcher | undefined {
  const family = isIP(address);
  return family === 0 ? undefined : networkMatcher(`${address}/${family === 4 ? 32 : 128}`);
}

/**
 * A name matches itself and every name below it, with or without a dot before it, as curl does.
 */
function nameMatcher(written: string): Matcher | undefined {
  const bare = written.replace(/^\*?\./, '');
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(bare) || !URL.canParse(`http://${bare}`)) return undefined;
  const name = hostOf(new URL(`http://${bare}`));
  // URL reads `10` and `10.1` as addresses, which nobody means.
  if (isIP(name) !== 0 || name === '') return undefined;
  return (host) => host === name || host.endsWith(`.${name}`);
}

function unbracketed(address: string): string {
  return /^\[([\da-f:.]+)\]$/i.exec(address)?.[1] ?? address;
}

function hostOf({ hostname }: URL): string {
  return unbracketed(hostname).replace(/\.$/, '');
}
