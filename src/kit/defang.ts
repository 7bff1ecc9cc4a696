// Writes addresses of others so that no client makes a link of them. Pure; linear.

const schemeMax = 16;
/** At the end of what stands before `://`. */
const scheme = /[a-z][a-z0-9+.-]*$/i;
/** A host ends where something else may begin, another address too. */
const host = /(?:(?!:\/\/)[^\s/?#\\'"`<>|])*/y;
// Within a word too, because a cut may remove what precedes it.
const bareHost = /www\d{0,3}\.[^\s/?#\\'"`<>|]*/gi;

/**
 * `hxxp://host[.]example`: mail programs, phones and terminals make links of addresses wherever
 * they find them.
 */
export function defanged(text: string): string {
  const safe = text.includes('://') ? withoutAddresses(text) : text;
  return safe.replace(bareHost, dotted);
}

/** Goes from `://` to `://`: a search for schemes would try each letter of a long script. */
function withoutAddresses(text: string): string {
  let safe = '';
  let end = 0;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', end)) {
    const before = text.slice(Math.max(end, at - schemeMax), at);
    const found = scheme.exec(before)?.[0] ?? '';
    host.lastIndex = at + 3;
    const [named] = host.exec(text)!;
    safe += text.slice(end, at - found.length) + defangedScheme(found) + dotted(named);
    end = at + 3 + named.length;
  }
  return safe + text.slice(end);
}

function defangedScheme(name: string): string {
  if (/^https?$/i.test(name))
    return `${name.replace(/tt/i, (tt) => (tt === 'tt' ? 'xx' : 'XX'))}://`;
  return /^hxxps?$/i.test(name) ? `${name}://` : `${name}[:]//`;
}

function dotted(text: string): string {
  return text.replace(/(?<!\[)\.(?!\])/g, '[.]');
}
