// Builds the tarball twice and the image once, before the first test. `RELEASE=<folder>` takes what
// was built before, and tests that.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { root } from '../../tree/source-files.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the tarball and the folder `image`. */
    readonly release: string;
    /** The folder with a second tarball. */
    readonly again: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-built-'));
  const run = (script: string, ...argv: string[]) =>
    execFileSync(process.execPath, [join(root, 'release', script), ...argv], { stdio: 'inherit' });
  const release = process.env.RELEASE ?? join(folder, 'release');
  const again = join(folder, 'again');
  if (process.env.RELEASE === undefined) {
    run('tarball.mjs', release);
    run('image.mjs', release);
    // Another folder, another umask, another day: nothing of them may be in the bytes.
    const sources = join(folder, 'sources');
    mkdirSync(sources);
    for (const name of execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
      .trim()
      .split('\n'))
      cpSync(join(root, name), join(sources, name));
    // Links where the file system has them: nothing writes there.
    execFileSync('sh', [
      '-c',
      'cp -al "$@" 2>/dev/null || cp -a "$@"',
      'sh',
      join(root, 'node_modules'),
      sources,
    ]);
    execFileSync(
      'sh',
      ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, join(sources, 'release/tarball.mjs')],
      { stdio: 'inherit', env: { ...process.env, TZ: 'Asia/Bangkok' } },
    );
    cpSync(join(sources, 'release/out'), again, { recursive: true });
    rmSync(sources, { recursive: true, force: true });
  } else cpSync(release, again, { recursive: true });
  project.provide('release', release);
  project.provide('again', again);
  return () => rmSync(folder, { recursive: true, force: true });
}
