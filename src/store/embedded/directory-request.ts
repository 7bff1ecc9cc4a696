// HTTP over the socket that locks DATA_DIR: how a command asks the process that holds it, and how
// that process answers. Local, for one user.
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

export interface HolderRequest {
  /** GET by default. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange; 60,000 by default. */
  readonly timeoutMs?: number;
}

export interface HolderAnswer {
  readonly status: number;
  readonly body: string;
}

const bodyBytesMax = 10 * 1024 * 1024;

/**
 * @throws {Error} with the code of the failed connection; or without a code, if no answer came in
 * time
 */
export function requestHolder(
  socketPath: string,
  path: string,
  request: HolderRequest,
): Promise<HolderAnswer> {
  const timeoutMs = request.timeoutMs ?? 60_000;
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      {
        socketPath,
        path,
        method: request.method ?? 'GET',
        headers: { host: 'tocsin', ...request.headers },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        readBody(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, body: body.toString('utf8') }),
          reject,
        );
      },
    );
    call.on('error', (error) => {
      const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
      reject(
        isLate
          ? new Error(`The running service did not answer within ${timeoutMs / 1000} s.`)
          : error,
      );
    });
    call.end(request.body);
  });
}

/** Gives `handler` the request as the web's `Request` and sends its `Response`; never rejects. */
export async function answerRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: ((request: Request) => Promise<Response>) | undefined,
): Promise<void> {
  try {
    if (handler === undefined) {
      outgoing
        .writeHead(503, { 'content-type': 'text/plain', connection: 'close' })
        .end('The service is starting or stopping.');
      return;
    }
    const response = await handler(await webRequest(incoming));
    const body = Buffer.from(await response.arrayBuffer());
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(body);
  } catch {
    // The handler logs its own errors; the asking command only learns that it failed.
    if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' });
    outgoing.end('The service could not answer.');
  }
}

async function webRequest(incoming: IncomingMessage): Promise<Request> {
  const method = incoming.method ?? 'GET';
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const item of [value ?? []].flat()) headers.append(name, item);
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? await readBody(incoming) : undefined;
  return new Request(new URL(incoming.url ?? '/', 'http://tocsin'), {
    method,
    headers,
    ...(body && { body }),
  });
}

async function readBody(stream: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyBytesMax) throw new Error(`The body is larger than ${bodyBytesMax} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
