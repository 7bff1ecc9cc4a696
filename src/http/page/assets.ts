// The page's own files. Their addresses hold a part of their hash, so a browser keeps each for good
// and a new release is seen at once.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { projectRoot } from '../../kit/project.ts';

const folder = join(projectRoot, 'src', 'http', 'page', 'assets');

const types = {
  css: ['page.css', 'text/css; charset=utf-8'],
  script: ['page.js', 'text/javascript; charset=utf-8'],
  live: ['live.js', 'text/javascript; charset=utf-8'],
  icon: ['icon.svg', 'image/svg+xml'],
} as const;

type Kind = keyof typeof types;
export type AssetAddresses = Readonly<Record<Kind, string>>;

/** Without comments and indentation. No text of ours holds a brace, a semicolon or a comma. */
function compact(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1');
}

/** @throws {Error} a file is missing from the installation */
export function createAssets(): { readonly addresses: AssetAddresses; readonly routes: Hono } {
  const routes = new Hono();
  const entries = Object.entries(types).map(([kind, [name, type]]) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const bytes = Buffer.from(kind === 'css' ? compact(text) : text);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const address = `/assets/${hash}/${name}`;
    const headers = {
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
    };
    routes.get(address, (c) => c.body(bytes, 200, headers));
    return [kind, address];
  });
  return { addresses: Object.fromEntries(entries), routes };
}
