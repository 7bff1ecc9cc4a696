// The secret of Standard Webhooks 1.0.0, as whoever signs and whoever checks hold it.
import { z } from 'zod';

const form = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

export const standardSecret = z
  .string()
  .refine(
    (text) => form.test(text) && standardKey(text).length >= 24 && standardKey(text).length <= 64,
    'is no secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64',
  );

/** The bytes that sign. @param secret checked by {@link standardSecret} */
export function standardKey(secret: string): Buffer {
  return Buffer.from(secret.slice('whsec_'.length), 'base64');
}
