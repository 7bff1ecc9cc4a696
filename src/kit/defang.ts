// Addresses that an attacker wrote, so that no client makes a link of them. Pure; linear.

// A host ends where anything may follow it, the scheme of the next address too; 16 characters of
// scheme, because each letter before them is tried.
const address = /([a-z][a-z0-9+.-]{0,15})?(?::\/\/)((?:(?!:\/\/)[^\s/?#\\'"`<>|])*)/gi;
// Within a word too: a cut may take what stands before.
const bareHost = /www\d{0,3}\.[^\s/?#\\'"`<>|]*/gi;

/**
 * `hxxp://host[.]example`: mail, telephones and terminals make links of addresses wherever they
 * find them.
 */
export function defanged(text: string): string {
  let safe = text;
  if (text.includes('://')) {
    safe = safe.replace(
      address,
      (_all, scheme = '', host) => `${defangedScheme(scheme)}${dotted(host)}`,
    );
  }
  return safe.replace(bareHost, dotted);
}

function defangedScheme(scheme: string): string {
  if (/^https?$/i.test(scheme))
    return `${scheme.replace(/tt/i, (tt) => (tt === 'tt' ? 'xx' : 'XX'))}://`;
  return /^hxxps?$/i.test(scheme) ? `${scheme}://` : `${scheme}[:]//`;
}

function dotted(host: string): string {
  return host.replace(/(?<!\[)\.(?!\])/g, '[.]');
}
