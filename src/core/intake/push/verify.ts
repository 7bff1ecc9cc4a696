// Whether a request proves what its source wants proved. Compares in constant time, and says nothing
// of the secrets. Pure but for the clock that it is given.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Proof, Signature } from '../../../kit/proof.ts';

/** What is known of a request before its body. */
export interface PushHead {
  readonly headers: Headers;
  /** What stands behind the source's name in the path; undefined: nothing. */
  readonly pathSecret: string | undefined;
  /** The other end of the socket is a proxy that is trusted. */
  readonly isByTrustedProxy: boolean;
}

/** `later`: only the body can show it. */
export type HeadVerdict = 'proved' | 'later' | Refused;

export interface Refused {
  /** In words, for the operator and never for the sender: without any secret. */
  readonly why: string;
}

export function judgeHead(proof: Proof, head: PushHead): HeadVerdict {
  const { headers, pathSecret } = head;
  switch (proof.kind) {
    case 'path':
      return judged(pathSecret, proof.secrets, 'the secret in the path');
    case 'header': {
      const given = headers.get(proof.header) ?? undefined;
      const bare = proof.header === 'authorization' ? given?.replace(/^Bearer +/i, '') : given;
      return judged(bare, proof.secrets, `the header ${proof.header}`);
    }
    case 'basic': {
      const given = basicOf(headers);
      const pairs = proof.secrets.map((secret) => `${proof.username}:${secret}`);
      return judged(given, pairs, 'the user and the secret of Basic');
    }
    case 'certificate':
      if (!head.isByTrustedProxy)
        return {
          why: 'it did not come by a proxy of TRUSTED_PROXIES, who alone may name a certificate',
        };
      return judged(
        headers.get(proof.header) ?? undefined,
        proof.names,
        `the header ${proof.header}`,
      );
    case 'own': {
      const verdict = judged(pathSecret, proof.secrets, 'the secret in the path');
      return verdict === 'proved' ? 'later' : verdict;
    }
    case 'signature':
      return headers.has(proof.signature.header)
        ? 'later'
        : { why: `the header ${proof.signature.header} with the signature is missing` };
  }
}

function judged(given: string | undefined, wanted: readonly string[], what: string): HeadVerdict {
  // Compared even if there is nothing to compare: the time says nothing.
  const isRight = isOneOf(given ?? '', wanted);
  if (given === undefined) return { why: `${what} is missing` };
  return isRight ? 'proved' : { why: `${what} is not the one that is configured` };
}

function basicOf(headers: Headers): string | undefined {
  const [, encoded] =
    /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** @param nowMs since the epoch */
export function judgeBody(
  { signature, secrets }: Extract<Proof, { kind: 'signature' }>,
  { headers, body }: { readonly headers: Headers; readonly body: Uint8Array },
  nowMs: number,
): 'proved' | Refused {
  const { timestampHeader, idHeader, toleranceMs } = signature;
  const timestamp = timestampHeader === undefined ? '' : headers.get(timestampHeader);
  const id = idHeader === undefined ? '' : headers.get(idHeader);
  if (timestamp === null) return { why: `the header ${timestampHeader} is missing` };
  if (id === null) return { why: `the header ${idHeader} is missing` };
  if (timestampHeader !== undefined) {
    const atMs = timestampMs(timestamp);
    if (atMs === undefined) return { why: `the header ${timestampHeader} holds no time` };
    if (Math.abs(nowMs - atMs) > toleranceMs)
      return {
        why: `its time is more than ${toleranceMs / 1000} s from ours: a repetition, or a wrong clock`,
      };
  }
  const given = signaturesIn(headers.get(signature.header) ?? '', signature);
  const wanted = secrets.map((secret) => {
    const hmac = createHmac(signature.algorithm, keyOf(secret, signature.key));
    for (const part of signedParts(signature.signed, { timestamp, id, body })) hmac.update(part);
    return hmac.digest(signature.encoding);
  });
  // Each with each, to the end.
  const hits = given.map((one) => isOneOf(comparable(one, signature), wanted));
  return hits.includes(true)
    ? 'proved'
    : { why: `no signature in the header ${signature.header} fits the body and the secret` };
}

/** Digits of hexadecimal numbers may be written either way; of base64, the end may be missing. */
function comparable(text: string, { encoding }: Signature): string {
  return encoding === 'hex' ? text.toLowerCase() : Buffer.from(text, 'base64').toString('base64');
}

const signaturesMax = 10;

function signaturesIn(header: string, { separator, prefix }: Signature): string[] {
  const all = separator === undefined ? [header] : header.split(separator, signaturesMax);
  return all
    .map((one) => one.trim())
    .flatMap((one) => (one.startsWith(prefix) ? [one.slice(prefix.length)] : []));
}

function signedParts(
  form: string,
  { timestamp, id, body }: { timestamp: string; id: string; body: Uint8Array },
): (string | Uint8Array)[] {
  return form.split(/(\{body\}|\{timestamp\}|\{id\})/).map((part) => {
    if (part === '{body}') return body;
    if (part === '{timestamp}') return timestamp;
    return part === '{id}' ? id : part;
  });
}

function keyOf(secret: string, form: Signature['key']): Buffer {
  if (form === 'whsec') return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return Buffer.from(secret, form === 'text' ? 'utf8' : form);
}

function timestampMs(text: string): number | undefined {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Hashes have one length, whatever is compared: the time shows neither text nor length. */
function isOneOf(given: string, wanted: readonly string[]): boolean {
  const own = digest(given);
  let isRight = false;
  for (const one of wanted) isRight = timingSafeEqual(own, digest(one)) || isRight;
  return isRight;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
