// Reads answers of HTTP/1.1 as they come over a connection (RFC 9112), strictly: what is not right
// ends the connection, and nothing is guessed. It keeps no body and judges no status.

/** Who is told of an answer. */
export interface AnswerTaker {
  /** Names in lower case; the values of one that came twice are joined by a comma. */
  started(status: number, headers: Record<string, string>): void;
  /** Bytes of the body: a view of what was read. */
  data(piece: Buffer): void;
}

/** What came is no HTTP. `code` says how, in the words of Node's own parser. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Of the head of an answer, and of the line before a chunk. */
const headBytesMax = 16_384;
const statusLine = /HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y;
const headerLine = /([!#$%&'*+\-.^`|~\w]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)\r\n/y;
const chunkLine =
  /^([\dA-Fa-f]{1,13})(?:;[!#$%&'*+\-.^`|~\w]+(?:=(?:[!#$%&'*+\-.^`|~\w]+|"[\t\x20\x21\x23-\x7e]*"))?)*$/;

type State = 'head' | 'length' | 'until_end' | 'chunk_size' | 'chunk' | 'chunk_end' | 'trailer';

export class AnswerReader {
  readonly #taker: AnswerTaker;
  #state: State = 'head';
  /** What came of a head or a line that is not whole. */
  #rest: Buffer | undefined;
  /** Of the body, or of the chunk. */
  #bytesLeft = 0;
  #isDone = false;
  #mayGoOn = true;
  #keepAlive: string | undefined;
  /** Bytes that came besides the body. */
  overheadBytes = 0;

  constructor(taker: AnswerTaker) {
    this.#taker = taker;
  }

  /** The answer is whole. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Seconds for which the far end keeps the connection, as it says; undefined: it does not. */
  get keepAlive(): string | undefined {
    return this.#keepAlive;
  }

  /** Whether another request may follow on the connection. */
  get mayGoOn(): boolean {
    return this.#mayGoOn && this.#isDone;
  }

  /**
   * Takes what came. What follows a whole answer belongs to nobody: then the connection is spoilt.
   * @throws {ProtocolError}
   */
  push(bytes: Buffer): void {
    let piece = bytes;
    if (this.#rest !== undefined) {
      piece = Buffer.concat([this.#rest, bytes]);
      this.#rest = undefined;
    }
    let at = 0;
    while (at < piece.length && !this.#isDone) {
      const next = this.#step(piece, at);
      if (next === undefined) {
        if (piece.length - at > headBytesMax) throw new ProtocolError('UND_ERR_HEADERS_OVERFLOW');
        this.#rest = Buffer.from(piece.subarray(at));
        return;
      }
      at = next;
    }
    if (at < piece.length) this.#mayGoOn = false;
  }

  /** The far end sends no more. @returns whether the answer is whole */
  end(): boolean {
    if (this.#state === 'until_end') this.#isDone = true;
    return this.#isDone;
  }

  /** @returns where to go on; undefined: more bytes are needed */
  #step(piece: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#readHead(piece, at);
      case 'until_end':
        this.#taker.data(piece.subarray(at));
        return piece.length;
      case 'length':
      case 'chunk':
        return this.#readBody(piece, at);
      case 'chunk_size':
        return this.#readSize(piece, at);
      case 'chunk_end':
        return this.#readChunkEnd(piece, at);
      case 'trailer':
        return this.#readTrailer(piece, at);
    }
  }

  #readHead(piece: Buffer, at: number): number | undefined {
    const end = piece.indexOf('\r\n\r\n', at, 'latin1');
    // What begins otherwise is told at once, and not when it has become too long.
    if (piece[at] !== 0x48 || (end === -1 && isNoBeginning(piece, at)))
      throw new ProtocolError('HPE_INVALID_CONSTANT');
    if (end === -1) return undefined;
    if (end - at > headBytesMax) throw new ProtocolError('UND_ERR_HEADERS_OVERFLOW');
    this.overheadBytes += end + 4 - at;
    this.#heed(piece.toString('latin1', at, end + 2));
    return end + 4;
  }

  /** @param head with the line end of its last line */
  #heed(head: string): void {
    statusLine.lastIndex = 0;
    const first = statusLine.exec(head);
    if (first === null) throw new ProtocolError('HPE_INVALID_CONSTANT');
    const status = Number(first[2]);
    const headers = headersOf(head, statusLine.lastIndex);
    if (status === 101) throw new ProtocolError('HPE_INVALID_STATUS');
    // A hint that announces an answer.
    if (status < 200) return;
    const { connection, 'keep-alive': keepAlive } = headers;
    const wish = connection?.toLowerCase();
    this.#mayGoOn =
      first[1] === '1' ? !wish?.includes('close') : wish?.includes('keep-alive') === true;
    this.#keepAlive = keepAlive;
    this.#state = this.#bodyOf(status, headers);
    this.#taker.started(status, headers);
    if (this.#state === 'length' && this.#bytesLeft === 0) this.#isDone = true;
  }

  /** How the end of the body is known. */
  #bodyOf(
    status: number,
    {
      'content-length': length,
      'transfer-encoding': coding,
    }: Readonly<Record<string, string | undefined>>,
  ): State {
    this.#bytesLeft = 0;
    if (status === 204 || status === 304) return 'length';
    if (coding !== undefined) {
      // Two ways to tell the end of a body are a way to smuggle an answer into another.
      if (length !== undefined) throw new ProtocolError('HPE_INVALID_TRANSFER_ENCODING');
      if (/(?:^|,)[ \t]*chunked[ \t]*$/i.test(coding)) return 'chunk_size';
      this.#mayGoOn = false;
      return 'until_end';
    }
    if (length === undefined) {
      this.#mayGoOn = false;
      return 'until_end';
    }
    if (!/^\d{1,15}$/.test(length)) throw new ProtocolError('HPE_INVALID_CONTENT_LENGTH');
    this.#bytesLeft = Number(length);
    return 'length';
  }

  #readBody(piece: Buffer, at: number): number {
    const end = Math.min(piece.length, at + this.#bytesLeft);
    this.#bytesLeft -= end - at;
    const isLast = this.#bytesLeft === 0;
    if (isLast && this.#state === 'chunk') this.#state = 'chunk_end';
    else if (isLast) this.#isDone = true;
    this.#taker.data(piece.subarray(at, end));
    return end;
  }

  #readSize(piece: Buffer, at: number): number | undefined {
    const end = lineEnd(piece, at);
    if (end === undefined) return undefined;
    const size = chunkLine.exec(piece.toString('latin1', at, end))?.[1];
    if (size === undefined) throw new ProtocolError('HPE_INVALID_CHUNK_SIZE');
    this.overheadBytes += end + 2 - at;
    this.#bytesLeft = Number.parseInt(size, 16);
    this.#state = this.#bytesLeft === 0 ? 'trailer' : 'chunk';
    return end + 2;
  }

  #readChunkEnd(piece: Buffer, at: number): number | undefined {
    if (piece.length - at < 2) return undefined;
    if (piece[at] !== 0x0d || piece[at + 1] !== 0x0a) throw new ProtocolError('HPE_STRICT');
    this.overheadBytes += 2;
    this.#state = 'chunk_size';
    return at + 2;
  }

  /** Nobody reads what a trailer says. */
  #readTrailer(piece: Buffer, at: number): number | undefined {
    const end = lineEnd(piece, at);
    if (end === undefined) return undefined;
    this.overheadBytes += end + 2 - at;
    if (end === at) this.#isDone = true;
    else headersOf(piece.toString('latin1', at, end + 2), 0);
    return end + 2;
  }
}

const beginning = Buffer.from('HTTP/1.');

function isNoBeginning(piece: Buffer, at: number): boolean {
  const length = Math.min(beginning.length, piece.length - at);
  return piece.compare(beginning, 0, length, at, at + length) !== 0;
}

function lineEnd(piece: Buffer, at: number): number | undefined {
  const end = piece.indexOf('\r\n', at, 'latin1');
  return end === -1 ? undefined : end;
}

/** @throws {ProtocolError} */
function headersOf(head: string, from: number): Record<string, string> {
  const headers: Record<string, string> = {};
  headerLine.lastIndex = from;
  while (headerLine.lastIndex < head.length) {
    const [, name, written] = headerLine.exec(head) ?? noHeader();
    const key = name!.toLowerCase();
    const value = /[ \t]$/.test(written!) ? written!.replace(/[ \t]+$/, '') : written!;
    // A key that sets no property of its own.
    if (key === '__proto__') continue;
    const earlier = Object.hasOwn(headers, key) ? headers[key] : undefined;
    if (earlier !== undefined && key === 'content-length')
      throw new ProtocolError('HPE_UNEXPECTED_CONTENT_LENGTH');
    headers[key] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return headers;
}

function noHeader(): never {
  throw new ProtocolError('HPE_INVALID_HEADER_TOKEN');
}
