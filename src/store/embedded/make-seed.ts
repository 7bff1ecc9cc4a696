// Run by the build: makes the prepared database that a first start unpacks, where its argument says.
// Nothing imports it.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../migrate.ts';
import { packFolder } from './archive.ts';
import { openEmbedded } from './open.ts';
import { seedPath, seedVersion, versionFileOf } from './seed.ts';

const path = process.argv[2] ?? seedPath;
const directory = await mkdtemp(join(tmpdir(), 'tocsin-seed-'));
try {
  let failure: Error | undefined;
  const database = await openEmbedded({
    dataDir: directory,
    onFatal: (error) => {
      failure = error;
    },
  });
  await migrate(database.sql);
  await database.vacuum();
  await database.close();
  if (failure !== undefined) throw failure;

  const archive = await packFolder(join(directory, 'postgres'), [
    'postmaster.pid',
    'postmaster.opts',
  ]);
  // First, so that no version ever stands beside another version's archive.
  await rm(versionFileOf(path), { force: true });
  await writeFile(`${path}.new`, archive);
  await rename(`${path}.new`, path);
  await writeFile(versionFileOf(path), seedVersion());
} finally {
  await rm(directory, { recursive: true, force: true });
}
