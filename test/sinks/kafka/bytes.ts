// The primitive types of Kafka's protocol, and its records, for the broker of the tests: by no code of the library.
// https://kafka.apache.org/protocol.html#protocol_types

export const i8 = (number: number) => Buffer.from([number & 0xff]);
export function i16(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(number);
  return bytes;
}
export function i32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}
export function i64(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(number));
  return bytes;
}
export function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = number;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
export const noTags = i8(0);
export const nothing = i8(0);
export const compactBytes = (bytes: Buffer) => Buffer.concat([varint(bytes.length + 1), bytes]);
export const compactText = (text: string) => compactBytes(Buffer.from(text));
export const text = (words: string) => Buffer.concat([i16(words.length), Buffer.from(words)]);
export const list = (items: readonly Buffer[]) => Buffer.concat([i32(items.length), ...items]);
export const compactList = (items: readonly Buffer[]) =>
  Buffer.concat([varint(items.length + 1), ...items]);

export class Bytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('too short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  i8 = () => this.take(1).readInt8();
  i16 = () => this.take(2).readInt16BE();
  i32 = () => this.take(4).readInt32BE();
  i64 = () => Number(this.take(8).readBigInt64BE());
  varint(): number {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.take(1)[0]!;
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return number >>> 0;
    }
  }
  /** As records have it: negative numbers are odd ones. */
  zigzag(): number {
    const number = this.varint();
    return (number >>> 1) ^ -(number & 1);
  }
  /** @param isCompact with a varint as its length, which is one more, and 0 for nothing */
  text(isCompact: boolean): string {
    return this.bytes(isCompact, 'short').toString();
  }
  bytes(isCompact: boolean, size: 'short' | 'long' = 'long'): Buffer {
    const length = isCompact ? this.varint() - 1 : size === 'short' ? this.i16() : this.i32();
    return this.take(Math.max(0, length));
  }
  list<Item>(isCompact: boolean, read: () => Item): Item[] {
    const length = isCompact ? this.varint() - 1 : this.i32();
    return Array.from({ length: Math.max(0, length) }, read);
  }
  tags(isCompact: boolean): void {
    if (isCompact && this.varint() !== 0) throw new Error('tags');
  }
}

/** CRC-32C, bit by bit. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** @throws unless it is one record in one batch of version 2, with the right sum */
export function recordIn(bytes: Buffer) {
  const batch = new Bytes(bytes);
  batch.i64();
  if (batch.i32() !== bytes.length - 12) throw new Error('length of the batch');
  batch.i32();
  if (batch.i8() !== 2) throw new Error('magic');
  if (batch.i32() >>> 0 !== crc32c(bytes.subarray(21))) throw new Error('sum');
  const [attributes, lastDelta, time, latest] = [
    batch.i16(),
    batch.i32(),
    batch.i64(),
    batch.i64(),
  ];
  const [producer] = [batch.i64(), batch.i16(), batch.i32()];
  if (
    attributes !== 0 ||
    lastDelta !== 0 ||
    latest !== time ||
    producer !== -1 ||
    batch.i32() !== 1
  )
    throw new Error('batch');
  batch.zigzag();
  batch.i8();
  batch.zigzag();
  batch.zigzag();
  const part = () => batch.take(batch.zigzag()).toString();
  const [key, body] = [part(), part()];
  const headers = Array.from({ length: batch.zigzag() }, () => [part(), part()] as const);
  return { time, key, body, headers: Object.fromEntries(headers) };
}
