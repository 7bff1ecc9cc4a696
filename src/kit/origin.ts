// Where a web address leads: its port, its host with the port, its origin. The port is always told,
// also where the scheme implies it. Pure.

/** 443 of https, 80 of anything else, unless it is written. */
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
