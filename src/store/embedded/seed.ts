// The prepared database that a first start unpacks instead of making one: where it is, and whether
// it fits this release.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../kit/project.ts';

const isSource = import.meta.url.endsWith('.ts');

/** Where the build puts the archive, also for a process that runs from the sources. */
export const seedPath = fileURLToPath(
  new URL(`../../../${isSource ? 'dist/' : ''}embedded-seed.tar.gz`, import.meta.url),
);

const migrationsFolder = join(projectRoot, 'drizzle');

/** What an archive depends on: the exact release of PGlite, and the applied migrations. */
export function seedVersion(): string {
  const manifest = join(
    dirname(fileURLToPath(import.meta.resolve('@electric-sql/pglite'))),
    '..',
    'package.json',
  );
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const hash = createHash('sha256');
  const files = readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql'));
  for (const name of files.sort())
    hash.update(name).update(readFileSync(join(migrationsFolder, name)));
  return `pglite ${version}, migrations ${hash.digest('hex')}`;
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
