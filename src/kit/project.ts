// Finds the project's own files, whether the code runs from dist/ or from its sources.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of package.json, drizzle/ and dist/: the nearest one above this file that holds a
 * package.json.
 */
export const projectRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** @throws {Error} the files were copied without package.json */
function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder)
    throw new Error('package.json is missing beside the folder of this program');
  return rootAbove(above);
}
