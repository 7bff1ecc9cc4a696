// The prepared database that a first start unpacks instead of making one: where it is, and whether
// it fits this release.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../kit/project.ts';

/** Where the build puts the archive, also for a process that runs from the sources. */
export const seedPath = join(projectRoot, 'dist', 'embedded-seed.tar.gz');

const migrationsFolder = join(projectRoot, 'drizzle');

/** What an archive depends on: the exact release of PGlite, and the applied migrations. */
export function seedVersion(): string {
  const version = pgliteVersion();
  const hash = createHash('sha256');
  const files = readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql'));
  for (const name of files.sort())
    hash.update(name).update(readFileSync(join(migrationsFolder, name)));
  return `pglite ${version}, migrations ${hash.digest('hex')}`;
}

/** A release holds its packages in its own files, and names their versions under `bundled`. */
function pgliteVersion(): string {
  const { dependencies, bundled } = JSON.parse(
    readFileSync(join(projectRoot, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'bundled', Readonly<Record<string, string>> | undefined>;
  return (bundled ?? dependencies)?.['@electric-sql/pglite'] ?? 'unknown';
}

/** The file beside an archive that says what it was made with. */
export function versionFileOf(path: string): string {
  return `${path}.version`;
}

/** True if there is an archive, and it was made with the versions of this release. */
export function isSeedUsable(path: string): boolean {
  if (!existsSync(path) || !existsSync(versionFileOf(path))) return false;
  return readFileSync(versionFileOf(path), 'utf8') === seedVersion();
}
