// What CHANGELOG.md says of one version. Pure.

/**
 * @param {string} text of CHANGELOG.md
 * @param {string} version `0.2.0`, or `Unreleased`
 * @returns {{ date: string | undefined, body: string } | undefined} `body` has no empty lines at
 *   either end; undefined: the version has no section
 */
export function sectionOf(text, version) {
  const lines = text.split('\n');
  const heading = /^## \[(.+?)\](?: - (.+))?$/;
  const start = lines.findIndex((line) => heading.exec(line)?.[1] === version);
  if (start === -1) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  const body = rest.slice(0, end === -1 ? undefined : end).join('\n');
  return { date: heading.exec(lines[start])[2], body: body.trim() };
}

/**
 * The notes of a release: its section, with links that work outside of the repository, and how to
 * check what was downloaded.
 * @param {string} text of CHANGELOG.md
 * @param {string} version that has a section
 * @param {string} home address of the repository
 * @returns {string} Markdown
 */
export function notesOf(text, version, home) {
  const { body } = sectionOf(text, version);
  const page = (path) => `${home}/blob/v${version}/${path}`;
  const absolute = body.replaceAll(/\]\((?!https?:|#)([^)]+)\)/g, (_, path) => `](${page(path)})`);
  return `${absolute}

Before you upgrade, read the [upgrade notes](${page('docs/upgrading.md')}). How to check what you
downloaded stands in [SECURITY](${page('SECURITY.md#verify-a-release')}).
`;
}
