// Links to what other sites know of a hash or a technique, if the configuration says where. Tocsin
// calls none of these addresses: whoever follows one does. Pure.
import type { Text } from '../../kit/card.ts';
import { word } from '../../kit/card.ts';
import type { Technique } from '../../kit/event.ts';
import { filledLink } from '../../kit/link-pattern.ts';
import { code } from './text.ts';

/** Patterns of the configuration; absent: values stand without a link. */
export interface Links {
  /** With `{hash}`. */
  readonly hash?: string | undefined;
  /** With `{technique}`. */
  readonly technique?: string | undefined;
}

interface Linking {
  readonly links?: Links | undefined;
}

/** From MD5 to SHA-512. Nothing else of an event gets into an address. */
const hashForm = /^[0-9a-f]{32,128}$/i;
const techniqueForm = /^T\d{4}(?:\.\d{3})?$/;

/** The hash as a value, and behind it the name of the site that knows more. */
export function hashText(hash: string | undefined, max: number, { links }: Linking): Text {
  const shown = code(hash, max);
  const pattern = links?.hash;
  if (pattern === undefined || hash === undefined || !hashForm.test(hash)) return shown;
  const url = filledLink(pattern, 'hash', hash);
  return [...shown, word(' · '), { kind: 'link', text: new URL(url).host, url }];
}

/** `T1059.001 PowerShell`, whose number leads to its page: MITRE writes `T1059/001` there. */
export function techniqueText({ id, name }: Technique, max: number, { links }: Linking): Text {
  const pattern = links?.technique;
  if (pattern === undefined || !techniqueForm.test(id))
    return code(name === undefined ? id : `${id} ${name}`, max);
  const url = filledLink(pattern, 'technique', id.replace('.', '/'));
  const named = code(name, max - id.length);
  const link = { kind: 'link', text: id, url } as const;
  return named.length === 0 ? [link] : [link, word(' '), ...named];
}
