// Reads the body of a request up to a limit, whatever its sender says of its length.
import { BodyBytes } from '../../kit/http/body.ts';

/** `broken`: the sender left, or was cut off because it was too slow. Never rejects. */
export async function readBody(
  request: Request,
  bytesMax: number,
): Promise<Uint8Array | 'too_large' | 'broken'> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) return 'too_large';
  if (request.body === null) return new Uint8Array();
  const bytes = new BodyBytes(bytesMax);
  const reader = request.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return bytes.joined();
      if (!bytes.append(Buffer.from(value.buffer, value.byteOffset, value.byteLength))) {
        void reader.cancel().catch(() => undefined);
        return 'too_large';
      }
    }
  } catch {
    return 'broken';
  }
}
