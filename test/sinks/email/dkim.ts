// Reads a DKIM signature as a receiver does (RFC 6376, relaxed/relaxed, rsa-sha256), by node:crypto.
import { createHash, type KeyObject, verify } from 'node:crypto';

const relaxed = (text: string) => text.replace(/[ \t]+/g, ' ').trimEnd();

/** The tags of the signature, and whether they hold for this message and this key. */
export function readDkim(raw: string, key: KeyObject) {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw.slice(0, end).split(/\r\n(?![ \t])/);
  const ofName = (name: string) =>
    headers.filter((line) => line.toLowerCase().startsWith(`${name}:`));
  const canonical = (line: string) => {
    const at = line.indexOf(':');
    const value = relaxed(line.slice(at + 1).replace(/\r\n/g, '')).trim();
    return `${line.slice(0, at).toLowerCase().trim()}:${value}`;
  };
  const [signature = ''] = ofName('dkim-signature');
  const tags = Object.fromEntries(
    [
      ...canonical(signature)
        .slice('dkim-signature:'.length)
        .matchAll(/([a-z]+)=([^;]*)/g),
    ].map(([, name = '', value = '']) => [name, value.replace(/\s/g, '')]),
  );
  const lines = raw
    .slice(end + 4)
    .split('\r\n')
    .map(relaxed);
  const body = `${lines.join('\r\n').replace(/(?:\r\n)*$/, '')}\r\n`;
  const names = (tags.h ?? '').split(':');
  const signed = names.flatMap((name) => ofName(name).slice(-1).map(canonical));
  const bare = canonical(signature).replace(/\bb=[^;]*/, 'b=');
  const text = [...signed, bare].join('\r\n');
  const isBodyWhole = createHash('sha256').update(body).digest('base64') === tags.bh;
  const isSigned = verify('sha256', Buffer.from(text), key, Buffer.from(tags.b ?? '', 'base64'));
  return { tags, names, isValid: isBodyWhole && isSigned };
}
