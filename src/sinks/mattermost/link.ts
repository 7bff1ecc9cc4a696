// Makes the address of the console's page safe for a Markdown link.

const lengthMax = 1_000;

/** The last result: most cards have the same link as the card before. */
let last: { readonly link: string | undefined; readonly safe: string | undefined } | undefined;

/** The safe address; undefined if the link is no plain web address or too long. */
export function linkOf(link: string | undefined): string | undefined {
  if (last?.link !== link) last = { link, safe: safeLink(link) };
  return last?.safe;
}

function safeLink(link: string | undefined): string | undefined {
  if (link === undefined || link.length > lengthMax || !URL.canParse(link)) return undefined;
  const { protocol, username, password, href } = new URL(link);
  if ((protocol !== 'https:' && protocol !== 'http:') || username !== '' || password !== '')
    return undefined;
  // Clients put the title into a Markdown link, which a bracket or a blank would end.
  return href.replace(
    /[()<>|\\`*\s]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
