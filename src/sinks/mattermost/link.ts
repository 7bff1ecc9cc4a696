// The console's page as an address that may stand in a Markdown link.

const lengthMax = 1_000;

/** Nearly every card has the one before's. */
let last: { readonly link: string | undefined; readonly safe: string | undefined } | undefined;

/** It comes from the configuration; should it ever not be a plain web address, there is none. */
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
