// Secrets that we hand out: the text of a bearer token, and the value of a session's cookie. Only
// their hashes are stored.
import { createHash, randomBytes } from 'node:crypto';

const prefix = 'tocsin_';
const secretBytes = 32;
/** 36 bits: a typing error is found without asking the database. */
const checksumLength = 6;
const tokenForm = new RegExp(`^${prefix}[\\w-]{43}[\\w-]{${checksumLength}}$`);
const secretForm = /^[\w-]{43}$/;

/** `tocsin_`, 32 random bytes, and a checksum. A scanner for leaked secrets can recognise it. */
export function makeToken(): string {
  const body = `${prefix}${makeSecret()}`;
  return `${body}${checksumOf(body)}`;
}

/** Whether it may be one; says nothing about whether it was ever made. */
export function isToken(text: string): boolean {
  if (!tokenForm.test(text)) return false;
  return text.slice(-checksumLength) === checksumOf(text.slice(0, -checksumLength));
}

/** 32 random bytes, base64url. */
export function makeSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** Whether `makeSecret` may have made it. */
export function isSecret(text: string): boolean {
  return secretForm.test(text);
}

/**
 * SHA-256, in hexadecimal digits. With 256 random bits in it, nothing slower is needed; and because
 * the database is asked for the hash, the time of its answer says nothing about the text.
 */
export function hashOfSecret(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, checksumLength);
}
