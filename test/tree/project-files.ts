// The files that belong to the project: those under version control, or, in a bare
// copy, all that are no build product.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { root } from './source-files.ts';

const products = ['node_modules', 'dist', 'data', '.git', 'coverage'];

/** Paths from the root. */
export function projectFiles(): string[] {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (status === 0) return stdout.split('\0').filter(isFile);
  return walk('');
}

function isFile(path: string): boolean {
  return path !== '' && statSync(`${root}${path}`, { throwIfNoEntry: false })?.isFile() === true;
}

function walk(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    if (products.includes(entry.name)) return [];
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

export function readProjectFile(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

export interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  /** Of sinks that few have; each is loaded only where one of its sinks is made. */
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readProjectFile('package.json')) as Manifest;
