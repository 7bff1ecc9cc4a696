// Collects the bytes of an answer's body and decodes them, within bounds. Requests never ask for
// compressed bodies, but some gateways send them anyway.
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

type Decompress = (bytes: Buffer, limits: { maxOutputLength: number }) => Buffer;
const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

const firstCapacity = 16_384;

/**
 * Joins the pieces of a body as they arrive. Each piece is a view into the memory of a whole read
 * from the socket, so a list of one-byte pieces would hold thousands of times what was sent.
 */
export class BodyBytes {
  readonly #bytesMax: number;
  #bytes: Buffer | undefined;
  #length = 0;

  /** @param bytesMax bytes beyond it are dropped */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /** @returns false if only a part of the piece, or none of it, fitted */
  append(piece: Buffer): boolean {
    const fitting = Math.min(piece.length, this.#bytesMax - this.#length);
    // The usual answer is one piece, which needs no copy.
    if (this.#bytes === undefined && fitting === piece.length) this.#bytes = piece;
    else if (fitting > 0) piece.copy(this.#withRoomFor(fitting), this.#length, 0, fitting);
    this.#length += fitting;
    return fitting === piece.length;
  }

  /** All of it in one piece. */
  joined(): Buffer {
    return this.#bytes?.subarray(0, this.#length) ?? Buffer.alloc(0);
  }

  #withRoomFor(more: number): Buffer {
    const wanted = this.#length + more;
    const held = this.#bytes;
    // A first piece that was kept as it came is full, so nothing is ever written into its memory.
    if (held !== undefined && held.length >= wanted) return held;
    const capacity = Math.max(firstCapacity, 2 * wanted);
    const grown = Buffer.allocUnsafeSlow(Math.min(capacity, this.#bytesMax));
    held?.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    return grown;
  }
}

/**
 * The body as text: UTF-8, invalid bytes as U+FFFD, without a byte order mark. Undefined if it is
 * compressed and cannot be unpacked: the encoding is unknown, the bytes are damaged or cut off, or
 * more than `bytesMax` would come out.
 */
export function decodeBody(
  bytes: Buffer,
  contentEncoding: string | undefined,
  bytesMax: number,
): string | undefined {
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
