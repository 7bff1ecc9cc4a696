// Unpacks what a sender compressed, within bounds. Pure.
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

type Unpack = (bytes: Uint8Array, limits: { maxOutputLength: number }) => Buffer;
const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** The bytes, or the status that says what is wrong with them. */
export function unpacked(
  bytes: Uint8Array,
  contentEncoding: string | null,
  bytesMax: number,
): Uint8Array | 400 | 413 | 415 {
  const encoding = contentEncoding?.trim().toLowerCase() || 'identity';
  if (encoding === 'identity') return bytes;
  if (!Object.hasOwn(unpackers, encoding)) return 415;
  try {
    return unpackers[encoding]!(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 413 : 400;
  }
}
