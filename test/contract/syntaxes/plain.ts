// Text without markup, as clients of mail, telephones and terminals show it: they make links of
// addresses wherever they find them. A host by itself is a link in mail alone: names of files look
// like it.
import LinkifyIt from 'linkify-it';
import type { Reading } from './reading.ts';

const linkify = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
linkify.add('//', null as never);
linkify.add('mailto:', null as never);

const linkifyMail = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false });
linkifyMail.add('//', null as never);

/** More than the library finds: any scheme, within a word as well. */
const address = /[a-z][a-z0-9+.-]*:\/\/[^\s<>"'`|\\]|www\d{0,3}\.[\p{L}\d]/giu;

/** Nobody's scheme. */
const defanged = /hxxps?:\/\/.$/iu;

export function linksIn(text: string): string[] {
  const found = (linkify.match(text) ?? []).map(({ raw }) => raw);
  const more = [...text.matchAll(address)].map(([all]) => all).filter((all) => !defanged.test(all));
  return [...new Set([...found, ...more])].map((one) => `link ${one}`);
}

/** As programs of mail find them: also hosts and addresses of mail that nothing else marks. */
export function mailLinksIn(text: string): string[] {
  const found = (linkifyMail.match(text) ?? []).map(({ raw }) => `link ${raw}`);
  return [...new Set([...linksIn(text), ...found])];
}

/** Nothing is active in it but characters that a screen obeys. */
export function plainText(text: string): Reading {
  return { seen: text, active: unseenIn(text) };
}

export function linkedText(text: string): Reading {
  return { seen: text, active: [...linksIn(text), ...unseenIn(text)] };
}

/** What turns the reading direction, or hides; a joiner may be a script's own. */
const unseen = /[\p{Cc}\u202A-\u202E\u2060-\u2069\u00AD\u{E0000}-\u{E007F}](?<![\n\t])/gu;

export function unseenIn(text: string): string[] {
  return [...text.matchAll(unseen)].map(
    ([sign]) => `never: U+${sign.codePointAt(0)!.toString(16).toUpperCase()}`,
  );
}
