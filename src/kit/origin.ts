// The port, the host with its port, and the origin of a web address. The port is always written,
// even if the scheme implies it. Pure.

/** The written port, else 443 for https and 80 for anything else. */
export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/** `chat.example:443`. Without user and password. */
export function hostWithPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** `https://chat.example:443`. Without user and password. */
export function originOf(url: URL): string {
  return `${url.protocol}//${hostWithPort(url)}`;
}
