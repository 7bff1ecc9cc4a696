// The files of the project as texts, and which modules each imports. Reads; judges nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  /** From the root of the project, with slashes: `src/kit/event.ts`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Every TypeScript file under `folder`, also those that are not committed; none if there is no such
 * folder.
 */
export function readSourceFiles(folder: string): SourceFile[] {
  if (!existsSync(`${root}${folder}`)) return [];
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('/node_modules/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));
}

const unreadable = 'a computed import';

/**
 * What `file` imports, types included: paths from the root for its own modules, `zod` or `node:fs`
 * for others, and `a computed import` for one whose target only runs know. The formatter puts a
 * declaration at the beginning of a line, which this relies on.
 */
export function importsOf({ path, text }: SourceFile): string[] {
  const found = [
    ...text.matchAll(/^(?:import|export)\s(?:[^;'"]*?\sfrom\s)?\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
    ...text.matchAll(/\bnew URL\(\s*['"](\.[^'"]+\.ts)['"]/g),
  ].map(([, target]) => resolved(path, target ?? ''));
  const isComputed = /\bimport\(\s*[^'"\s)]|\brequire\(|\bcreateRequire\b/.test(
    withoutLineComments(text),
  );
  return [...new Set(isComputed ? [...found, unreadable] : found)];
}

function withoutLineComments(text: string): string {
  return text.replace(/(^|\s)\/\/.*$/gm, '').replace(/^\s*\/?\*.*$/gm, '');
}

function resolved(from: string, target: string): string {
  return target.startsWith('.') ? posix.join(posix.dirname(from), target) : target;
}
