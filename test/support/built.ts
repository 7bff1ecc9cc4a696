// Files of dist/, for tests that start processes: a child runs plain JavaScript, as the user's
// does.
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/**
 * The built file of a source (`store/embedded/instance.ts`), as an absolute path. @throws if it is
 * missing or older than the source
 */
export function builtFile(source: string): string {
  const built = fileURLToPath(new URL(`dist/src/${source.replace(/\.ts$/, '.js')}`, root));
  const sourceTime = statSync(fileURLToPath(new URL(`src/${source}`, root))).mtimeMs;
  if (!existsSync(built) || statSync(built).mtimeMs < sourceTime) {
    throw new Error(
      `${built} is missing or older than its source. Run \`npm run build\` before the tests.`,
    );
  }
  return built;
}
