// Texts for products that read HTML in some places and show it as it is in others, so that escapes
// would be read by people, and markup obeyed. Pure.

/** The same text with signs that look like those of HTML: nothing in it is a tag or an entity. */
export function htmlFree(text: string): string {
  return text
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/&(?=#?\w+)/g, '＆');
}
