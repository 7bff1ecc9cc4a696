// The one reader of web addresses in a configuration. Pure. Its texts never repeat the address,
// which may be a secret.
import { z } from 'zod';
import { holdsPrivateUse, holdsUnseen } from './unseen.ts';

export type WebUrl =
  | { readonly url: URL }
  /** Follows the name of the setting: `is no URL`. */
  | { readonly fault: string };

/**
 * Reads an http or https address that is written in full. Stricter than `URL`, which reads
 * `https:/console` as the host `console` and `https://https:/console` as the host `https`.
 *
 * @param mayHoldUser true if user and password may stand before the host, as a credential
 */
export function readWebUrl(text: string, mayHoldUser = false): WebUrl {
  if (/[\s\\]/.test(text) || holdsUnseen(text) || holdsPrivateUse(text))
    return { fault: 'is no URL: it holds a blank, a backslash or a character that no URL has' };
  const [, scheme, slashes] = /^([a-z][a-z0-9+.-]*):(\/*)/i.exec(text) ?? [];
  if (scheme === undefined)
    return { fault: 'is no URL: it begins with neither https:// nor http://' };
  if (slashes !== '//' && /^https?$/i.test(scheme))
    return { fault: 'does not have exactly two slashes behind https: or http:' };
  if (!/^https?$/i.test(scheme)) {
    return slashes === '//'
      ? { fault: 'is no http or https URL' }
      : { fault: 'is no URL: it begins with neither https:// nor http://' };
  }
  if (!URL.canParse(text)) return { fault: 'is no URL that can be read: check host and port' };
  const url = new URL(text);
  if (
    !mayHoldUser &&
    (url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?#]*@/i.test(text))
  )
    return { fault: 'holds a user or a password before the host, which does not belong there' };
  if (/^https?$/.test(url.hostname))
    return { fault: `names "${url.hostname}" as its host: look at the colon and the slashes` };
  return { url };
}

/** For a setting that holds such an address; see {@link readWebUrl} for what is wrong with it. */
export const webUrl = z
  .string()
  .trim()
  .superRefine((text, { addIssue }) => {
    const read = readWebUrl(text);
    if ('fault' in read) addIssue({ code: 'custom', message: read.fault });
  });

/**
 * The same for an address in which more may be wrong. @param faultIn follows the name of the setting,
 * without the address; undefined if nothing is wrong
 */
export function webUrlOf(faultIn: (url: URL, text: string) => string | undefined) {
  return z
    .string()
    .trim()
    .min(1)
    .superRefine((text, { addIssue }) => {
      if (text === '') return;
      const read = readWebUrl(text);
      const fault = 'fault' in read ? read.fault : faultIn(read.url, text);
      if (fault !== undefined) addIssue({ code: 'custom', message: fault });
    });
}
