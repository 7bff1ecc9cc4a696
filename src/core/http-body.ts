// The bytes of an answer's body made text, within bounds. Compressed bodies were not asked for, but some gateways send them all the same.
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

type Decompress = (bytes: Buffer, limits: { maxOutputLength: number }) => Buffer;
const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/**
 * UTF-8 text, invalid bytes as U+FFFD, without a byte order mark. Undefined if it is compressed and cannot be read: an unknown
 * encoding, damaged or cut, or longer than `bytesMax` once unpacked.
 */
export function decodeBody(bytes: Buffer, contentEncoding: string | undefined, bytesMax: number): string | undefined {
  const encoding = contentEncoding?.trim().toLowerCase() || 'identity';
  if (bytes.length === 0 || encoding === 'identity') return decodeText(bytes);
  if (!Object.hasOwn(decompressors, encoding)) return undefined;
  try {
    return decodeText(decompressors[encoding]!(bytes, { maxOutputLength: bytesMax }));
  } catch {
    return undefined;
  }
}

function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
