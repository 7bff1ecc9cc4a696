// Names of hosts and addresses of mail in text of others, which programs of mail make links of
// although nothing says that they are addresses. Pure; linear.

/**
 * Escaped text in which each sign that such a name needs is an element of its own: a reader sees
 * and copies the same, and programs look for names in one piece of text.
 */
export function unlinkedHtml(text: string): string {
  return text.replace(/(?<!\[)\.(?!\s|$)|@/g, '<span>$&</span>');
}

/** The domains that programs know without a scheme: those of countries, and the oldest others. */
const domain =
  'biz|com|edu|gov|net|org|pro|web|xxx|aero|asia|coop|info|museum|name|shop|app|dev|xn--[a-z0-9-]+';
const dotOfHost = new RegExp(
  `(?<=[^\\s.])\\.(?=(?:[a-z]{2}|${domain}|[^\\x00-\\x7F\\s]{2,})(?![\\p{L}\\p{N}]))`,
  'giu',
);
const atOfAddress = /(?<=[^\s@])@(?=\d)/g;
const scheme = /(?<=mailto):/gi;

/** `evil[.]com`, since plain text has no other way. Most names of files stay as they are. */
export function unlinked(text: string): string {
  return text.replace(dotOfHost, '[.]').replace(atOfAddress, '[@]').replace(scheme, '[:]');
}
