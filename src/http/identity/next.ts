// Where a browser goes after signing in: a path of ours, and nothing else.

const lengthMax = 2000;
const start = '/';

/**
 * The path if it leads to this server and not back to the door, else the start page. A browser
 * reads `//host`, `/\host` and a line break in between as another server. Pure.
 */
export function ownPath(text: unknown): string {
  if (typeof text !== 'string' || text.length > lengthMax) return start;
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return start;
  const url = URL.parse(text, 'http://own.invalid');
  if (url?.origin !== 'http://own.invalid') return start;
  // Dots may lead to two slashes: /.//host
  const path = `${url.pathname}${url.search}`;
  if (path.startsWith('//') || /^\/log(?:in|out)(?:\/|\?|$)/.test(path)) return start;
  return path;
}
