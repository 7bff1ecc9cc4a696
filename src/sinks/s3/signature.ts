// Signature version 4 of AWS, in the headers of a request, as S3 wants it. Pure.
import { createHash, createHmac } from 'node:crypto';

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface Unsigned {
  readonly method: 'GET' | 'PUT';
  readonly url: URL;
  /** All are signed. Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @param now milliseconds since the epoch @returns all headers that are to be sent, but `host` */
export function signed(request: Unsigned, signer: Signer, now: number): Record<string, string> {
  const { method, url, headers = {}, body = '' } = request;
  const at = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const bodyHash = sha256(body);
  const sent = { ...headers, 'x-amz-content-sha256': bodyHash, 'x-amz-date': at };
  const all = Object.entries({ ...sent, host: url.host }).sort(byName);
  const names = all.map(([name]) => name).join(';');
  const canonical = [
    ...[method, pathOf(url), queryOf(url)],
    ...all.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    ...['', names, bodyHash],
  ].join('\n');
  const scope = [at.slice(0, 8), signer.region, 's3', 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${signer.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `${signer.accessKeyId}/${scope.join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}

/** Each byte but the unreserved ones in hexadecimal; `encodeURIComponent` leaves five more. */
export function uriEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function pathOf({ pathname }: URL): string {
  const parts = pathname.split('/').map((part) => uriEncoded(decodeURIComponent(part)));
  return parts.join('/');
}

function queryOf({ searchParams }: URL): string {
  const pairs = [...searchParams].map(([name, value]) => [uriEncoded(name), uriEncoded(value)]);
  return (pairs as [string, string][])
    .sort(byName)
    .map((pair) => pair.join('='))
    .join('&');
}

/** By their bytes: all are ASCII. */
function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
