// The bytes of an answer's body collected and made text, within bounds. Compressed bodies were not
// asked for, but some gateways send them all the same.
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
 * Pieces of a body joined as they come. A piece is a view into the memory of a whole read from the
 * socket, so a list of pieces of one byte each would hold thousands of times what was sent.
 */
export class BodyBytes {
  readonly #bytesMax: number;
  #bytes: Buffer | undefined;
  #length = 0;

  /** @param bytesMax what is beyond is dropped */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /** @returns false if the piece did not fit as a whole */
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
    // A first piece that was taken over is full, so nothing is ever written behind it.
    if (held !== undefined && held.length >= wanted) return held;
    const capacity = Math.max(firstCapacity, 2 * wanted);
    const grown = Buffer.allocUnsafeSlow(Math.min(capacity, this.#bytesMax));
    held?.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    return grown;
  }
}

/**
 * UTF-8 text, invalid bytes as U+FFFD, without a byte order mark. Undefined if it is compressed and
 * cannot be read: an unknown encoding, damaged or cut, or longer than `bytesMax` once unpacked.
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
